package io.sluice.testing.cluster;

import io.sluice.log.EventId;
import io.sluice.testing.client.Subscriber;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A subscriber to all of a stream, that comes back with its last id whenever its response ends, to the node that it is told.
 * It may be told of another epoch, and of a gap, but then all has to fit: no hole without a gap, no repetition, nothing out of
 * order.
 */
public final class SplitSubscriber implements Runnable {

    private static final int SHOWN = 8;

    /** It went from one position to another: of another epoch without a gap, or over a gap. */
    public record Step(EventId from, EventId to, String around) {}

    private final String name;
    private final Supplier<SplitCluster.Member> where;
    private final EventRegistry testimony;
    private final Duration late;
    private final List<String> notes = new ArrayList<>();
    private final List<Step> turns = new ArrayList<>();
    private final List<Step> gaps = new ArrayList<>();
    private final Map<String, Long> highest = new HashMap<>(); // n by epoch
    private @Nullable EventId position;
    private @Nullable EventId rangeFrom; // events that are not in the notes yet
    private int told; // blocks with an id in this response
    private int visits;
    private int gapsWithin;
    private volatile boolean over;

    /** Who comes that late first, and again and again from then on. */
    public SplitSubscriber(String name, Supplier<SplitCluster.Member> where, EventRegistry testimony, Duration late) {
        this.name = name;
        this.where = where;
        this.testimony = testimony;
        this.late = late;
    }

    @Override
    public String toString() {
        return name;
    }

    // ---- coming and going

    @Override
    public void run() {
        try {
            TimeUnit.MILLISECONDS.sleep(late.toMillis());
            while (!over) {
                visit(where.get());
                TimeUnit.MILLISECONDS.sleep(ThreadLocalRandom.current().nextInt(100)); // they do not all come at once
            }
        } catch (IOException | InterruptedException | RuntimeException e) {
            wrong("fails: " + e);
        }
    }

    private void visit(SplitCluster.Member member) throws IOException, InterruptedException {
        arrive(member);
        try (Subscriber subscriber = Subscriber.open(member.process().url() + "/events", position())) {
            for (Subscriber.Block block = subscriber.next(); block != null && !over; block = subscriber.next()) {
                take(block);
            }
        }
    }

    private synchronized void arrive(SplitCluster.Member member) {
        note("comes to " + member + " with " + position);
        visits++;
        told = 0;
    }

    /** Goes, within a lifetime of its subscription. */
    public void leave() {
        over = true;
    }

    // ---- what it knows

    @Nullable
    public synchronized EventId position() {
        return position;
    }

    public synchronized int visits() {
        return visits;
    }

    /** Where it changed from one epoch to the next as if nothing were. */
    public synchronized List<Step> turns() {
        return List.copyOf(turns);
    }

    public synchronized List<Step> gaps() {
        return List.copyOf(gaps);
    }

    /** How many gaps it was told of without having come back. */
    public synchronized int gapsWithinResponses() {
        return gapsWithin;
    }

    /** All that it was told, events in a row as one line. */
    public synchronized List<String> notes() {
        noteRange();
        return List.copyOf(notes);
    }

    // ---- what it is told

    private synchronized void take(Subscriber.Block block) {
        EventId id = block.position();
        if ("close".equals(block.event())) {
            note("close " + block.data());
        } else if ("gap".equals(block.event())) {
            gap(Objects.requireNonNull(id, block.text()), new JsonObject(block.data()));
        } else if (id != null && block.isMessage()) {
            event(id, Objects.requireNonNull(block.data()));
        } else if (id != null) {
            position(id);
        }
        told += id == null ? 0 : 1;
        notifyAll();
    }

    private void event(EventId id, String data) {
        EventId before = position;
        if (before != null && id.n() != before.n() + 1) {
            wrong("hears " + id + " after " + before);
        } else if (highest.getOrDefault(id.epoch(), -1L) >= id.n()) {
            wrong("hears " + id + " after " + id.at(highest.getOrDefault(id.epoch(), -1L)));
        }
        if (before == null || !before.epoch().equals(id.epoch()) || rangeFrom == null) {
            noteRange();
            rangeFrom = id;
        }
        goTo(id);
        highest.put(id.epoch(), id.n());
        testimony.tell(id, data, name);
    }

    private void position(EventId id) {
        EventId before = position;
        if (before != null && !before.equals(id)) {
            note("position " + id);
        }
        if (before != null && before.n() != id.n()) {
            wrong("is put from " + before + " to " + id);
        }
        goTo(id);
    }

    private void goTo(EventId id) {
        EventId before = position;
        position = id;
        if (before != null && !before.epoch().equals(id.epoch())) {
            if (highest.containsKey(id.epoch())) {
                wrong("is back in " + id.epoch() + " after " + before);
            }
            turns.add(new Step(before, id, around()));
        }
    }

    private void gap(EventId to, JsonObject data) {
        EventId before = position;
        note("gap " + data + ", at " + to);
        if (before == null) {
            wrong("is told of a gap, and had nothing");
            return;
        }
        Long lost = data.getLong("lost");
        if (!before.toString().equals(data.getString("after"))) {
            wrong("is told of a gap after " + data.getString("after") + ", and had " + before);
        } else if (lost != null && (!before.epoch().equals(to.epoch()) || lost != to.n() - before.n())) {
            wrong("is told that it lost " + lost + " from " + before + " to " + to);
        }
        gaps.add(new Step(before, to, around()));
        if (told == 0) {
            highest.clear(); // of an id that a node does not know, nobody can say what came before
        } else {
            gapsWithin++;
        }
        position = to;
    }

    // ---- its notes

    private void note(String what) {
        noteRange();
        notes.add(Instant.now() + " " + what);
    }

    private void noteRange() {
        EventId from = rangeFrom;
        rangeFrom = null;
        if (from != null) {
            notes.add(Instant.now() + " hears " + from + " to " + position);
        }
    }

    private String around() {
        noteRange();
        return String.join("\n    ", notes.subList(Math.max(0, notes.size() - SHOWN), notes.size()));
    }

    private synchronized void wrong(String what) {
        note("WRONG: " + what);
        testimony.wrong(name + ' ' + what + "\n    " + around());
    }
}
