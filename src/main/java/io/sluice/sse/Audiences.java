package io.sluice.sse;

import io.sluice.stream.TopicFilter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The audiences of one event loop, by filter. Those that name a topic are found by it; those with wildcards are asked one by
 * one. So an event costs as much as it has receivers. Event loop only.
 */
final class Audiences {

    private final Map<TopicFilter, Audience> byFilter = new HashMap<>();
    private final Map<String, List<Audience>> byTopic = new HashMap<>();
    private final List<Audience> others = new ArrayList<>();

    /** The audience of a filter, with one more subscription. */
    Audience join(TopicFilter filter) {
        Audience audience = byFilter.computeIfAbsent(filter, this::add);
        audience.join();
        return audience;
    }

    void leave(Audience audience) {
        if (audience.leave()) {
            remove(audience);
        }
    }

    boolean isEmpty() {
        return byFilter.isEmpty();
    }

    Collection<Audience> all() {
        return byFilter.values();
    }

    /** Gives an event to each audience it passes to; {@code dirty} gets those for which it is the first of a slice. */
    void collect(long position, String topic, byte[] frame, Collection<Audience> dirty) {
        List<Audience> named = byTopic.get(topic);
        if (named != null) {
            for (Audience audience : named) {
                if (audience.collect(position, frame)) {
                    dirty.add(audience);
                }
            }
        }
        for (Audience audience : others) {
            if (audience.filter.matches(topic) && audience.collect(position, frame)) {
                dirty.add(audience);
            }
        }
    }

    private Audience add(TopicFilter filter) {
        Audience audience = new Audience(filter);
        filter.exactTopics().forEach(topic -> byTopic.computeIfAbsent(topic, t -> new ArrayList<>(1))
                .add(audience));
        if (filter.isAll() || filter.hasWildcards()) {
            others.add(audience);
        }
        return audience;
    }

    private void remove(Audience audience) {
        byFilter.remove(audience.filter);
        others.remove(audience);
        audience.filter
                .exactTopics()
                .forEach(topic -> byTopic.computeIfPresent(topic, (t, named) -> {
                    named.remove(audience);
                    return named.isEmpty() ? null : named;
                }));
    }
}
