package io.sluice.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EventReaderTest {

    private static EventReader reader(String wire) {
        return new EventReader(new ByteArrayInputStream(wire.getBytes(StandardCharsets.UTF_8)), "before");
    }

    private static List<Message> all(EventReader reader) throws IOException {
        List<Message> all = new ArrayList<>();
        for (Message message = reader.next(); message != null; message = reader.next()) {
            all.add(message);
        }
        return all;
    }

    @ParameterizedTest
    @ValueSource(strings = {"\n", "\r\n", "\r"})
    void anEventHasAnIdATypeAndLines(String end) throws Exception {
        String wire =
                "\uFEFF: hello\nid: a-1\nevent: note\ndata: one\ndata:two\ndata:  three\n\ndata\n\n".replace("\n", end);
        assertEquals(
                List.of(new Message("a-1", "note", "one\ntwo\n three"), new Message("a-1", "", "")), all(reader(wire)));
    }

    @Test
    void aPositionWithoutDataIsNoEventAndCounts() throws Exception {
        EventReader reader = reader("id: a-7\n\n:\n\n");
        assertNull(reader.next());
        assertEquals("a-7", reader.lastId());
    }

    @Test
    void whatABrokenConnectionHasCutDoesNotCount() throws Exception {
        EventReader reader = reader("id: a-1\ndata: x\n\nid: a-2\ndata: y\n");
        assertEquals(List.of(new Message("a-1", "", "x")), all(reader));
        assertEquals("a-1", reader.lastId());
    }

    @Test
    void aTypeWithoutDataIsForgottenAtTheEndOfItsBlock() throws Exception {
        assertEquals(List.of(new Message("before", "", "x")), all(reader("event: note\n\ndata: x\n\n")));
    }

    @Test
    void theTimeOfAReconnectIsThatOfTheServer() throws Exception {
        EventReader reader = reader("retry: soon\nretry: 2500\n\n");
        assertEquals(Optional.empty(), reader.retry());
        assertNull(reader.next());
        assertEquals(Optional.of(Duration.ofMillis(2500)), reader.retry());
    }
}
