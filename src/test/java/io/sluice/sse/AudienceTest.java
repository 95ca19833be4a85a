package io.sluice.sse;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.log.Epochs;
import io.sluice.log.Event;
import io.sluice.log.EventId;
import io.sluice.log.History;
import io.sluice.log.Journal;
import io.sluice.log.JournalWriter;
import io.sluice.log.NewEvent;
import io.sluice.stream.TopicFilter;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AudienceTest {

    private static final EventId EMPTY = new EventId("x", 0);

    private final Audience audience = PlainAudience.of(TopicFilter.ALL);
    private final JournalWriter writer =
            new JournalWriter(History.of(null, Duration.ofDays(365_000), null), InstantSource.system());
    private long ids;
    private long events;

    AudienceTest() {
        writer.reset(Epochs.startingAt(EMPTY), 0, List.of());
    }

    @Test
    void theSliceIsTheCollectedEventsInOrder() {
        seat();
        collect(event("a"));
        collect(event("b"));
        assertEquals(
                "id: x-1\ndata: a\n\nid: x-2\ndata: b\n\n",
                audience.slice().body().toString(UTF_8));
    }

    @Test
    void anEventThatPassesByTwoPatternsIsInTheSliceOnce() {
        seat();
        Journal.Entry event = event("a");
        assertTrue(collect(event));
        assertFalse(collect(event));
        assertEquals("id: x-1\ndata: a\n\n", audience.slice().body().toString(UTF_8));
    }

    @Test
    void anEmptyAudiencePreparesNothing() {
        assertFalse(collect(event("a")));
    }

    /** All are due, none has been served, and the first one leaves: the last took its place and lost its own. */
    @Test
    void aSubscriptionThatLeavesBeforeTheFirstIsServedDisplacesNoOther() {
        Subscription a = seat();
        Subscription b = seat();
        Subscription c = seat();
        collect(event("1"));
        audience.unseat(a);
        assertTrue(audience.isDue(b) && audience.isDue(c));
        audience.unseat(c);
        assertEquals(Set.of(b), deliver());
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void theSliceReachesTheSubscriptionsThatWereThereBeforeIt(long seed) {
        Random random = new Random(seed);
        List<Subscription> seated = new ArrayList<>();
        for (int round = 0; round < 2000; round++) {
            comeAndGo(seated, random, new HashSet<>());
            collect(event("x"));
            Set<Subscription> due = new HashSet<>(seated);
            Set<Subscription> served = new HashSet<>();
            for (Subscription next = audience.nextDue(); next != null; next = audience.nextDue()) {
                assertTrue(due.contains(next) && served.add(next), "due, and for the first time");
                assertTrue(audience.isDue(next));
                audience.delivered();
                assertFalse(audience.isDue(next));
                comeAndGo(seated, random, due);
            }
            audience.release();
            assertTrue(served.containsAll(due), "all who were there and stayed");
        }
    }

    @Test
    void noSubscriptionIsSeatedTwice() {
        Subscription subscription = seat();
        assertThrows(IllegalStateException.class, () -> audience.seat(subscription));
    }

    private void comeAndGo(List<Subscription> seated, Random random, Set<Subscription> due) {
        for (int i = random.nextInt(3); i > 0; i--) {
            seated.add(seat());
        }
        for (int i = random.nextInt(4); i > 0 && !seated.isEmpty(); i--) {
            Subscription leaving = seated.remove(random.nextInt(seated.size()));
            audience.unseat(leaving);
            due.remove(leaving);
        }
    }

    private Set<Subscription> deliver() {
        Set<Subscription> served = new HashSet<>();
        for (Subscription next = audience.nextDue(); next != null; next = audience.nextDue()) {
            served.add(next);
            audience.delivered();
        }
        return served;
    }

    private Subscription seat() {
        Subscription subscription = FakeWritePath.subscription(++ids, audience);
        audience.seat(subscription);
        return subscription;
    }

    private boolean collect(Journal.Entry entry) {
        return audience.collect(entry);
    }

    private Journal.Entry event(String data) {
        events++;
        writer.append(List.of(Event.of(EMPTY.at(events), Instant.EPOCH, new NewEvent("t", null, data))));
        return Objects.requireNonNull(writer.journal().read(events));
    }
}
