package io.sluice.testing.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.log.EventId;
import io.sluice.testing.client.AckedPublisher;
import io.sluice.testing.client.ReconnectingSubscriber;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;

/**
 * The events that all subscribers of some nodes heard. An id has the same event for each of them. Data {@code "topic sequence"}
 * has to be there once.
 */
public final class DeliveryLedger implements AckedPublisher.Ledger, ReconnectingSubscriber.Observer {

    // Each takeover begins with a tick.
    private static final int TAKEOVERS = 4;

    // The data of each number.
    private final ConcurrentMap<Long, String> heard = new ConcurrentSkipListMap<>();
    private final ConcurrentMap<Long, String> acknowledged = new ConcurrentSkipListMap<>();
    private final Queue<Long> acknowledgedAt = new ConcurrentLinkedQueue<>();
    private final Queue<String> wrong = new ConcurrentLinkedQueue<>();
    private volatile boolean epochs;

    /** Lets the log continue in another epoch from now on. */
    public void expectEpochs() {
        epochs = true;
    }

    @Override
    public boolean mayHaveEpochs() {
        return epochs;
    }

    @Override
    public boolean mayLoseNodes() {
        return true;
    }

    @Override
    public void heard(EventId id, String data, String subscriber) {
        String before = heard.putIfAbsent(id.n(), data);
        if (before != null && !before.equals(data)) {
            wrong(id + " is " + data + " here and " + before + " there");
        }
    }

    @Override
    public void acknowledge(EventId id, String data) {
        acknowledgedAt.add(System.nanoTime());
        String before = acknowledged.put(id.n(), data);
        if (before != null && !before.equals(data)) {
            wrong(id + " is the receipt of " + data + " and of " + before);
        }
    }

    /** Something broke the promise. */
    @Override
    public void wrong(String what) {
        wrong.add(what);
    }

    /** The oldest event that was heard. */
    public long first() {
        return heard.keySet().iterator().next();
    }

    public long newestAcknowledged() {
        return acknowledged.keySet().stream().mapToLong(n -> n).max().orElse(0);
    }

    /** How many events were acknowledged. */
    public int acknowledged() {
        return acknowledged.size();
    }

    /** The longest time since then without an acknowledgement, in milliseconds. */
    public long longestPause(long since) {
        long last = since;
        long longest = 0;
        for (long at : acknowledgedAt.stream().sorted().filter(at -> at > since).toList()) {
            longest = Math.max(longest, at - last);
            last = at;
        }
        return TimeUnit.NANOSECONDS.toMillis(longest);
    }

    /** When the singleton's ticks were, in the order of the stream. */
    public List<Instant> ticks() {
        return heard.values().stream()
                .filter(DeliveryLedger::isTick)
                .map(data -> Instant.parse(new JsonObject(data).getString("timestamp")))
                .toList();
    }

    private static boolean isTick(String data) {
        return data.startsWith("{\"message\"");
    }

    /** One node ticks at a time, and one takes in each tick. */
    private void assertNoMoreTicksThanPeriods() {
        List<Instant> ticks = ticks();
        if (!ticks.isEmpty()) {
            Duration span = Duration.between(ticks.get(0), ticks.get(ticks.size() - 1));
            long most = span.toMillis() / NodeCluster.TICK_MILLIS + 1 + TAKEOVERS;
            assertTrue(ticks.size() <= most, ticks.size() + " ticks in " + span);
        }
    }

    /** No subscriber has missed an event yet, got it twice, or got another one than others. */
    public void assertNothingWrong() {
        assertEquals(List.of(), wrong.stream().limit(20).toList());
    }

    /** Each acknowledged event was heard once, under the id of its receipt, and each topic's in order. */
    public void assertPromise(Map<String, Integer> published) {
        assertNothingWrong();
        acknowledged.forEach((n, data) -> assertEquals(data, heard.get(n), "what was acknowledged as " + n));
        Set<String> seen = new HashSet<>();
        Map<String, Integer> sequences = new HashMap<>();
        heard.forEach((n, data) -> {
            if (isTick(data)) {
                // On a busy machine two ticks may have the same millisecond.
                return;
            }
            assertTrue(seen.add(data), () -> data + " is there twice, the second time as " + n);
            String[] words = data.replace("\"", "").split(" ", -1);
            if (published.containsKey(words[0])) {
                assertEquals(
                        sequences.merge(words[0], 1, Integer::sum),
                        Integer.parseInt(words[1]),
                        () -> words[0] + " as " + n);
            }
        });
        assertEquals(published, sequences, "how many of each topic there are");
        assertNoMoreTicksThanPeriods();
    }
}
