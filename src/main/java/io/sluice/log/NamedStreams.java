package io.sluice.log;

import java.time.InstantSource;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The streams of a template at this node: those that the log has, and those that somebody watches. Any thread, if nothing else is
 * said.
 */
public final class NamedStreams {

    /** A stream that has gone is remembered among so many, so that those who come back for it are told. */
    private static final int MAX_GONE = 10_000;

    private final TemplateRules rules;
    private final InstantSource clock;
    private final TemplateRoom room;
    private final ConcurrentHashMap<String, NamedStream> all = new ConcurrentHashMap<>();

    /** The time of the end of each, in milliseconds of the clock. Guarded by itself. */
    private final Map<String, Long> gone = new LinkedHashMap<>();

    /** @param clock by which events grow old; it must not jump */
    public NamedStreams(TemplateRules rules, InstantSource clock) {
        this(rules, clock, new TemplateRoom("", rules.max()));
    }

    /** @param room counts the streams that the log has, together with those of the template's other shards */
    NamedStreams(TemplateRules rules, InstantSource clock, TemplateRoom room) {
        this.rules = rules;
        this.clock = clock;
        this.room = room;
    }

    /** A stream that the log has, or that is watched. */
    public @Nullable NamedStream find(String name) {
        return all.get(name);
    }

    /** Whether the log has a stream of a name, as far as this node knows. */
    public boolean exists(String name) {
        NamedStream stream = all.get(name);
        return stream != null && stream.exists;
    }

    /** All that the log has or that are watched. */
    public Collection<NamedStream> all() {
        return Collections.unmodifiableCollection(all.values());
    }

    /** What the journals of all of them have. */
    public Held held() {
        return all.values().stream()
                .map(stream -> stream.journal().contents().held())
                .reduce(Held.NOTHING, Held::plus);
    }

    /** Counts a watcher of a stream, which need not be there. */
    public NamedStream watch(String name) {
        return all.compute(name, (key, known) -> {
            NamedStream stream = known == null ? unborn(name) : known;
            stream.watched(1);
            return stream;
        });
    }

    private NamedStream unborn(String name) {
        return new NamedStream(name, rules.history(), clock);
    }

    /** A watcher leaves. A stream that nobody watches and the log does not have is forgotten. */
    public void release(NamedStream stream) {
        if (stream.journal().state() == Journal.State.OPEN) {
            touch(stream);
        }
        all.compute(stream.name(), (key, known) -> {
            boolean last = stream.watched(-1) == 0;
            return known == stream && last && !stream.exists ? null : known;
        });
    }

    /** Whether somebody watches a stream. */
    public boolean isWatched(String name) {
        NamedStream stream = all.get(name);
        return stream != null && stream.isWatched();
    }

    /** Whether a stream of this name has gone within {@link TemplateRules#keep}, and none has been made since. */
    public boolean hasGone(String name) {
        synchronized (gone) {
            Long since = gone.get(name);
            return since != null && clock.millis() - since < rules.keep().toMillis();
        }
    }

    // ---- what the log says, on its context

    /** The log has made a stream: those who wait for it have its object already. */
    public NamedStream created(String name) {
        synchronized (gone) {
            gone.remove(name);
        }
        NamedStream created = all.compute(name, (key, known) -> {
            NamedStream stream = known == null ? unborn(name) : known;
            if (!stream.exists) {
                stream.exists = true;
                room.exist(1);
            }
            return stream;
        });
        touch(created);
        weigh(created);
        return created;
    }

    /** Something has happened to a stream, from which its idle time counts. Any thread. */
    void touch(NamedStream stream) {
        stream.changedAt = clock.millis();
    }

    /** A stream may keep more, or less. */
    void weigh(NamedStream stream) {
        long weight = stream.exists ? TemplateRoom.weight(stream.journal().contents()) : 0;
        room.hold(weight - stream.held);
        stream.held = weight;
    }

    /** Something has happened to a stream at another node, so many milliseconds ago. */
    void usedBefore(NamedStream stream, long millis) {
        stream.changedAt = Math.max(stream.changedAt, clock.millis() - Math.min(millis, clock.millis()));
    }

    /**
     * The log has deleted a stream.
     *
     * @param told whether those who come back for it are told that it has gone; otherwise it is as if it had never been
     */
    public void deleted(NamedStream stream, boolean told) {
        if (told) {
            remember(stream.name());
        }
        all.compute(stream.name(), (key, known) -> {
            if (stream.exists) {
                stream.exists = false;
                room.exist(-1);
            }
            return known == stream ? null : known;
        });
        weigh(stream);
        stream.writer().delete();
    }

    /**
     * The log has nothing of a stream any more, though nobody has deleted it. Those who watch it are told that they have lost its
     * events, and wait until it is made again.
     */
    public void forgotten(NamedStream stream) {
        all.compute(stream.name(), (key, known) -> {
            if (stream.exists) {
                stream.exists = false;
                room.exist(-1);
            }
            return known == stream && !stream.isWatched() ? null : known;
        });
        weigh(stream);
        stream.last = 0;
        stream.hasEnded = false;
        stream.writer().reset(Journal.UNBORN_EPOCHS, 0, List.of());
    }

    /** The streams that have gone, with the time of each. */
    Map<String, Long> gone() {
        synchronized (gone) {
            return new HashMap<>(gone);
        }
    }

    /** No stream has gone. */
    void forgetGone() {
        synchronized (gone) {
            gone.clear();
        }
    }

    private void remember(String name) {
        addGone(name, clock.millis());
    }

    /** A stream has gone at a time. */
    void addGone(String name, long time) {
        synchronized (gone) {
            gone.remove(name);
            gone.put(name, time);
            if (gone.size() > MAX_GONE) {
                gone.remove(gone.keySet().iterator().next());
            }
        }
    }
}
