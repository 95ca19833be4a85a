package io.sluice.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.log.ByteSize;
import io.sluice.testing.CapturedOutput;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Who has to go when the bodies of all clients need more memory than there is. */
class PendingBodiesTest {

    private final CapturedOutput log = new CapturedOutput();
    private final List<String> givenUp = new ArrayList<>();
    private long nanos;
    private final PendingBodies bodies = new PendingBodies(new ByteSize(1000), () -> nanos);

    @AfterEach
    void closeLog() {
        log.close();
    }

    private PendingBodies.Body begin(String name, long bytes) {
        PendingBodies.Body body = bodies.begin(() -> givenUp.add(name));
        body.hold(bytes);
        return body;
    }

    private void pass(Duration time) {
        nanos += time.toNanos();
    }

    @Test
    void whatWasAnnouncedDoesNotCountAndWhatHasEndedNeither() {
        PendingBodies.Body body = begin("a", 0);
        assertEquals(0, bodies.held());
        body.hold(600);
        body.hold(400);
        assertEquals(400, bodies.held());
        body.end();
        body.end();
        body.hold(500);
        assertEquals(0, bodies.held());
        assertEquals(List.of(), givenUp);
    }

    @Test
    void silentClientsMakeRoomForWhoeverSendsALittle() {
        for (int i = 0; i < 4; i++) {
            begin("silent" + i, 250);
        }
        pass(Duration.ofSeconds(20));
        for (int i = 0; i < 10; i++) {
            begin("honest" + i, 20).end();
        }
        assertEquals(List.of("silent0"), givenUp);
    }

    @Test
    void theCostliestGoesAndNotTheOneThatIsSilentForLongest() {
        begin("small and old", 5);
        pass(Duration.ofSeconds(25));
        PendingBodies.Body attacker = begin("large", 900);
        pass(Duration.ofSeconds(2));
        // A byte now and then is no merit.
        attacker.hold(901);
        begin("honest", 200);
        assertEquals(List.of("large"), givenUp);
        assertEquals(205, bodies.held());
    }

    @Test
    void theNewestMayBeTheCostliest() {
        begin("a", 100);
        pass(Duration.ofSeconds(1));
        PendingBodies.Body greedy = begin("greedy", 300);
        pass(Duration.ofSeconds(1));
        greedy.hold(901);
        assertEquals(List.of("greedy"), givenUp);
        assertEquals(100, bodies.held());
    }

    @Test
    void aWholeBodyIsNotGivenUpSinceItsLogMayHaveIt() {
        PendingBodies.Body whole = begin("whole", 990);
        whole.complete();
        pass(Duration.ofSeconds(1));
        begin("next", 20);
        assertEquals(List.of("next"), givenUp);
        assertEquals(990, bodies.held());
        whole.end();
        assertEquals(0, bodies.held());
    }

    @Test
    void manySmallOnesMakeRoomTooAndTheSearchIsRare() {
        for (int i = 0; i < 500; i++) {
            begin("small", 2);
        }
        pass(Duration.ofSeconds(1));
        begin("honest", 1);
        assertTrue(bodies.held() <= 1000 - 1000 / 8, "room for a while: " + bodies.held());
        assertEquals(List.of("small"), givenUp.stream().distinct().toList());
    }

    @Test
    void theLogSaysItOnceAMinute() {
        for (int i = 0; i < 100; i++) {
            begin("a" + i, 400);
        }
        assertEquals(1, log.text().lines().count(), log.text());
        assertTrue(log.text().contains("bodies hold more than 1000B (publish.maxPending)"), log.text());
        log.clear();
        pass(Duration.ofMinutes(1));
        begin("a", 900);
        assertEquals(1, log.text().lines().count(), log.text());
    }
}
