package io.sluice.testing.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.log.EventId;
import io.sluice.testing.client.SseBlock;
import io.sluice.testing.client.Subscriber;
import io.sluice.testing.process.NodeProcess;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** All events that a node keeps of a stream, as a subscriber with {@code replay=all} gets them. */
public record RetainedLog(List<SseBlock> events) {

    public RetainedLog {
        events = List.copyOf(events);
    }

    public static RetainedLog of(NodeProcess node) throws IOException, InterruptedException {
        try (Subscriber all = Subscriber.open(node.url() + "/events?replay=all")) {
            return new RetainedLog(
                    all.rest().stream().filter(SseBlock::isMessage).toList());
        }
    }

    public Map<EventId, String> byId() {
        Map<EventId, String> byId = new HashMap<>();
        events.forEach(event -> byId.put(id(event), Objects.requireNonNull(event.data())));
        return byId;
    }

    public EventId oldest() {
        return id(events.get(0));
    }

    public EventId newest() {
        return id(events.get(events.size() - 1));
    }

    /** The same bytes; where not, says where they differ first. */
    public void assertSame(RetainedLog other, String who) {
        assertEquals(other.oldest(), oldest(), () -> "the oldest that is kept, at " + who);
        for (int i = 0; i < Math.min(events.size(), other.events.size()); i++) {
            assertEquals(other.events.get(i), events.get(i), who);
        }
        assertEquals(other.newest(), newest(), () -> "the newest, at " + who);
    }

    /** The events with this number or a higher one. */
    public RetainedLog from(long n) {
        return new RetainedLog(events.stream().filter(event -> event.n() >= n).toList());
    }

    /** The id that has this number. */
    public EventId id(long n) {
        return id(events.get((int) (n - oldest().n())));
    }

    private static EventId id(SseBlock event) {
        return Objects.requireNonNull(event.position(), event.text());
    }

    /** Each {@code "topic sequence"} once, each topic's in the order in which they were published, numbers without a hole. */
    public void assertInOrder() {
        Set<String> seen = new HashSet<>();
        Map<String, Integer> sequences = new HashMap<>();
        long expected = oldest().n();
        for (SseBlock event : events) {
            assertEquals(expected++, event.n(), () -> "the number after " + event.text());
            String data = Objects.requireNonNull(event.data());
            assertTrue(seen.add(data), () -> data + " is there twice, the second time as " + event.id());
            String[] words = data.replace("\"", "").split(" ", -1);
            Integer before = sequences.put(words[0], Integer.parseInt(words[1]));
            assertTrue(
                    before == null || before < Integer.parseInt(words[1]),
                    () -> data + " as " + event.id() + " comes after " + before);
        }
    }
}
