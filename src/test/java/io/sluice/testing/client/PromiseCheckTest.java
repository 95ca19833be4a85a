package io.sluice.testing.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PromiseCheckTest {

    private final List<String> wrong = new ArrayList<>();
    private PromiseCheck check = PromiseCheck.unfiltered(wrong::add);

    @Test
    void eventsThatFollowEachOtherAreRight() {
        take("id: e-7\n\n", event(8), event(9), "id: e-9\n\n", event(10));
        assertEquals(List.of(), wrong);
        assertEquals(3, check.events());
        assertEquals("e-10", String.valueOf(check.position()));
    }

    @Test
    void aHoleIsWrong() {
        take(event(7), event(9));
        assertEquals(List.of("gets event 9 after 7"), wrong);
    }

    @Test
    void aHoleAfterAPositionIsWrong() {
        take("id: e-7\n\n", event(9));
        assertEquals(List.of("gets event 9 after 7"), wrong);
    }

    @Test
    void aRepetitionIsWrong() {
        take(event(7), event(8), event(8));
        assertNotEquals(List.of(), wrong);
    }

    @Test
    void aWrongOrderIsWrong() {
        take(event(7), event(8));
        take(event(7));
        assertNotEquals(List.of(), wrong);
    }

    @Test
    void aPositionElsewhereIsWrong() {
        take(event(7), "id: e-8\n\n");
        assertEquals(List.of("is put at e-8 after 7"), wrong);
    }

    @Test
    void aGapTellsWhatIsLost() {
        take(event(7), gap(7, 10, "3"), event(11));
        assertEquals(List.of(), wrong);
        assertEquals(3, check.lost());
        assertEquals(1, check.gaps());
    }

    @Test
    void aReplayThatIsCutBeginsWithAGapOfNothingThatItHad() {
        String cut = "event: gap\nid: e-10\ndata: {\"after\":null,\"next\":\"e-11\",\"lost\":null}\n\n";
        take(cut, event(11), event(13));
        assertEquals(List.of("gets event 13 after 11"), wrong);
        assertEquals(0, check.gaps());
        wrong.clear();
        check = PromiseCheck.unfiltered(wrong::add);
        check.open(true);
        take(cut, event(12), event(15), "id: e-15\n\n", event(17));
        assertEquals(List.of("gets event 17 after 15"), wrong);
    }

    @Test
    void aGapThatTellsAnotherNumberIsWrong() {
        take(event(7), gap(7, 10, "2"));
        assertEquals(List.of("is told that it lost 2 from 7 to e-10"), wrong);
    }

    @Test
    void aGapAfterAnotherPositionIsWrong() {
        take(event(7), gap(6, 10, "3"));
        assertEquals(List.of("is told of a gap after e-6, and had e-7"), wrong);
    }

    @Test
    void aGapThatTellsNoNumberIsWrongInOneEpoch() {
        take(event(7), gap(7, 10, "null"));
        assertNotEquals(List.of(), wrong);
    }

    @Test
    void aGapBackIsWrongUnlessTheNodeDoesNotKnowTheId() {
        take(event(7), gap(7, 3, "null"));
        assertEquals(List.of("is told of a gap back to e-3 after 7"), wrong.subList(0, 1));
        wrong.clear();
        check.open(false);
        take(gap(3, 1, "null"), event(2));
        assertEquals(List.of("is told of a gap to e-1 after e-3, and not how much is lost"), wrong);
    }

    @Test
    void anotherEpochIsWrongUnlessTheListenerSaysOtherwise() {
        take(event(7), "id: f-8\ndata: x\n\n");
        assertEquals(List.of("is in another epoch, at f-8 after e-7"), wrong);
    }

    @Test
    void somethingAfterTheCloseEventIsWrong() {
        take("event: close\ndata: {}\n\n", event(7));
        assertNotEquals(List.of(), wrong);
    }

    @Test
    void anEndWithoutACloseEventIsWrong() {
        check.takeResponse(event(7));
        assertNotEquals(List.of(), wrong);
    }

    @Test
    void anEventWithoutAnIdIsWrong() {
        take("data: x\n\n");
        assertNotEquals(List.of(), wrong);
    }

    @Test
    void aSnapshotHasHolesUpToThePositionAfterIt() {
        check.open(true);
        take(event(3), event(7), "id: e-9\n\n", event(10));
        assertEquals(List.of(), wrong);
        take(event(12));
        assertEquals(List.of("gets event 12 after 10"), wrong);
    }

    @Test
    void aFilteredSubscriberSeesNumbersAscend() {
        check = PromiseCheck.sequences(false, wrong::add);
        take(event(7), event(20), "id: e-30\n\n");
        assertEquals(List.of(), wrong);
        take(event(30));
        assertNotEquals(List.of(), wrong);
    }

    @Test
    void aFilteredSubscriberSeesAHoleInTheSequenceOfATopic() {
        check = PromiseCheck.sequences(false, wrong::add);
        take("id: e-7\ndata: \"t 1\"\n\n", "id: e-9\ndata: \"u 5\"\n\n", "id: e-11\ndata: \"t 2 xx\"\n\n");
        assertEquals(List.of(), wrong);
        take("id: e-15\ndata: \"t 4\"\n\n");
        assertEquals(List.of("gets event 4 of t after 2"), wrong);
    }

    @Test
    void aTopicWithoutEventsStartsAtItsFirst() {
        check = PromiseCheck.sequences(false, wrong::add);
        check.startAtFirst("t");
        take("id: e-7\ndata: \"t 2\"\n\n");
        assertEquals(List.of("gets event 2 of t after 0"), wrong);
    }

    @Test
    void theFirstEventMayBeToldToFollowAPosition() {
        check.startAfter(0);
        take(event(2));
        assertEquals(List.of("gets event 2 after 0"), wrong);
    }

    @Test
    void oneKindFailsTheTestAtOnce() {
        PromiseCheck failing = PromiseCheck.failingAfter(0);
        assertThrows(AssertionError.class, () -> failing.takeAll(event(2)));
    }

    private static String event(long n) {
        return "id: e-" + n + "\ndata: x\n\n";
    }

    private static String gap(long after, long to, String lost) {
        return "id: e-" + to + "\nevent: gap\ndata: {\"after\":\"e-" + after + "\",\"lost\":" + lost + "}\n\n";
    }

    private void take(String... blocks) {
        check.takeAll(String.join("", blocks));
    }
}
