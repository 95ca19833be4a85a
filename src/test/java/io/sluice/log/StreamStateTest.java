package io.sluice.log;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.vertx.core.buffer.Buffer;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The topic of an event n is "t" + n, if nothing else is said. */
class StreamStateTest {

    private static final EventId EMPTY = new EventId("a", 0);

    @Test
    void partsAreOneStreamWithItsNewestEventsOfTopics() {
        StreamState first = part(0, List.of(event(3), event(7)), List.of(), false);
        StreamState second = part(0, List.of(event(9)), List.of(event(20), event(21)), false);
        StreamState third = part(0, List.of(), List.of(event(22)), true);
        assertEquals(7, first.end());
        assertEquals(21, second.end());
        StreamState all = first.with(second, Set.of()).with(third, Set.of());
        assertEquals(List.of(3L, 7L, 9L), numbers(all.latest()));
        assertEquals(List.of(20L, 21L, 22L), numbers(all.kept()));
    }

    @Test
    void whatHasLeftTheRingBetweenTwoPartsIsKeptAsTheNewestOfItsTopic() {
        StreamState first = part(0, List.of(event(3)), List.of(event(20), event(21)), false);
        StreamState second = part(0, List.of(event(25)), List.of(event(30), event(31, "t20")), true);
        StreamState all = first.with(second, Set.of());
        assertEquals(List.of(3L, 21L, 25L), numbers(all.latest()));
        assertEquals(List.of(30L, 31L), numbers(all.kept()));
    }

    @Test
    void topicsThatWereForgottenBetweenTwoPartsAreLeftOut() {
        StreamState first = part(0, List.of(event(3), event(4)), List.of(event(20), event(21)), false);
        StreamState second = part(0, List.of(event(25, "t4")), List.of(event(30)), true);
        StreamState all = first.with(second, Set.of("t3", "t4", "t20"));
        assertEquals(List.of(21L, 25L), numbers(all.latest()));
    }

    @Test
    void topicsThatHadToGoBetweenTwoPartsAreLeftOut() {
        StreamState first = part(1, List.of(event(3), event(4), event(5)), List.of(), false);
        StreamState second = part(4, List.of(event(6)), List.of(event(30)), true);
        assertEquals(List.of(5L, 6L), numbers(first.with(second, Set.of()).latest()));
    }

    @Test
    void isReadAsItWasWritten() {
        Event forget = Event.of(EMPTY.at(30), Instant.EPOCH, new NewEvent("t", "bye", Bytes.of(""), true));
        StreamState state = part(2, List.of(event(3), event(4)), List.of(forget), false);
        Buffer bytes = Buffer.buffer();
        state.writeTo(bytes);
        assertEquals(state, StreamState.read(new BufferReader(bytes)));
    }

    private static StreamState part(long forgotten, List<Event> latest, List<Event> kept, boolean whole) {
        return new StreamState(
                "42", "a", "log", Epochs.startingAt(EMPTY), 40, forgotten, false, 5, latest, kept, whole);
    }

    private static Event event(long n) {
        return event(n, "t" + n);
    }

    private static Event event(long n, String topic) {
        return Event.of(EMPTY.at(n), Instant.EPOCH, new NewEvent(topic, null, "."));
    }

    private static List<Long> numbers(List<Event> events) {
        return events.stream().map(Event::n).toList();
    }
}
