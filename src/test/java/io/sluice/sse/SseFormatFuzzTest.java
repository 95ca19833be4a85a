package io.sluice.sse;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.sluice.log.Bytes;
import io.sluice.log.Event;
import io.sluice.log.EventFormat;
import io.sluice.log.EventId;
import io.sluice.log.NewEvent;
import io.sluice.stream.CloseReason;
import io.sluice.testing.Texts;
import io.sluice.testing.Topics;
import io.sluice.testing.client.HttpResponseParser;
import io.sluice.testing.client.ReceivedEvent;
import io.sluice.testing.client.StandardParser;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import okhttp3.internal.sse.ServerSentEventReader;
import okio.Buffer;
import org.jspecify.annotations.Nullable;

/**
 * What goes in as an event comes out of a client as the same event, once, whatever its data is. Two things the standard takes: a line
 * end of data, CR LF or CR, arrives as LF; and what is not UTF-8 arrives as U+FFFD.
 */
class SseFormatFuzzTest {

    @Property(tries = 500, edgeCases = EdgeCasesMode.NONE)
    void anEventIsReadAsItWasWritten(@ForAll("events") List<NewEvent> events, @ForAll("cuts") List<Integer> cuts) {
        byte[] stream = stream(events);
        assertEquals(expected(events), read(stream, cuts));
    }

    /** The reader of okhttp-sse is by other authors. */
    @Property(tries = 500, edgeCases = EdgeCasesMode.NONE)
    void anotherClientReadsTheSame(@ForAll("events") List<NewEvent> events) throws IOException {
        assertEquals(expected(events), readByOkHttp(stream(events)));
    }

    /** The client's decoder would make the same text of the same bytes, if it got them. */
    @Property(tries = 600, edgeCases = EdgeCasesMode.NONE)
    void dataOfAnyBytesIsReadAsTheTextThatTheyAre(@ForAll("bytes") byte[] data, @ForAll("cuts") List<Integer> cuts) {
        List<NewEvent> events = List.of(new NewEvent("t", null, Bytes.copyOf(data)), new NewEvent("t", null, "next"));
        byte[] line = new String(data, ISO_8859_1).replaceAll("[\r\n]", "").getBytes(ISO_8859_1);
        NewEvent oneLine = new NewEvent("t", null, Bytes.copyOf(line));
        assertEquals(expected(events), read(stream(events), cuts));
        // Java takes the begin of a surrogate that ends the data for one piece, and the standard each of its bytes.
        assertEquals(
                once(read(join("id: k3f9a2-1\ndata: ".getBytes(UTF_8), line, "\n\n".getBytes(UTF_8)), cuts)),
                once(read(stream(List.of(oneLine)), cuts)));
    }

    private static List<String> once(List<ReceivedEvent> heard) {
        return heard.stream()
                .map(event -> event.data().replaceAll("\ufffd+", "\ufffd"))
                .toList();
    }

    /** Where history keeps data once: the frame has it in one piece, or says that it has not. */
    @Property(tries = 600, edgeCases = EdgeCasesMode.NONE)
    void theDataIsWhereTheFrameSays(@ForAll("bytes") byte[] data) {
        Event event = event(1, new NewEvent("t", "x", Bytes.copyOf(data)));
        EventFormat.Frame frame = SseFormat.INSTANCE.encode(event);
        if (frame.dataAt() >= 0) {
            assertEquals(event.data(), Bytes.slice(frame.bytes(), frame.dataAt(), data.length));
        }
    }

    /** The words of the node lie between events, and none of them is taken for another. */
    @Property(tries = 500, edgeCases = EdgeCasesMode.NONE)
    void theNodesOwnWordsAreReadAsSuch(
            @ForAll("events") List<NewEvent> events,
            @ForAll("texts") String after,
            @ForAll("texts") String node,
            @ForAll CloseReason reason,
            @ForAll("cuts") List<Integer> cuts) {
        EventId position = new EventId("k3f9a2", 99);
        byte[] stream = join(
                SseWords.node(node),
                SseWords.SPOKEN.position(position),
                SseWords.SPOKEN.gap(after, position, null, null),
                stream(events),
                SseWords.SPOKEN.heartbeat(position),
                SseWords.SPOKEN.heartbeat(null),
                SseWords.SPOKEN.close(position, 2500, reason));
        List<ReceivedEvent> heard = read(stream, cuts);
        assertEquals(events.size() + 3, heard.size());
        assertEquals("sluice-node", heard.get(0).event());
        assertEquals(node, new JsonObject(heard.get(0).data()).getString("name"));
        assertTrue(heard.get(1).isGap());
        assertEquals(after, new JsonObject(heard.get(1).data()).getString("after"));
        assertEquals(expected(events), heard.subList(2, heard.size() - 1));
        ReceivedEvent last = heard.get(heard.size() - 1);
        assertEquals("close", last.event());
        assertEquals("k3f9a2-99", last.id());
    }

    /** The chunk of a turn, RFC 9112 7.1, has the blocks and nothing else; so has the body of other ways. */
    @Property(tries = 500, edgeCases = EdgeCasesMode.NONE)
    void aBatchIsItsBlocksInEachShape(@ForAll("events") List<NewEvent> events, @ForAll("cuts") List<Integer> cuts) {
        FrameBatch batch = new FrameBatch();
        List<byte[]> blocks = frames(events);
        blocks.forEach(batch::appendEvent);
        byte[] whole = join(blocks.toArray(byte[][]::new));
        assertEquals(Bytes.copyOf(whole), Bytes.copyOf(batch.body().getBytes()));
        if (!batch.isEmpty()) {
            ByteBuf chunk = batch.chunk();
            byte[] framed = new byte[chunk.readableBytes()];
            chunk.readBytes(framed);
            chunk.release();
            assertEquals(expected(events), readChunked(framed, cuts));
        }
        batch.clear();
    }

    // ---- what is written

    private static Event event(long n, NewEvent event) {
        return Event.of(new EventId("k3f9a2", n), Instant.EPOCH, event);
    }

    private static List<byte[]> frames(List<NewEvent> events) {
        List<byte[]> frames = new ArrayList<>();
        events.forEach(event -> frames.add(
                SseFormat.INSTANCE.encode(event(frames.size() + 1, event)).bytes()));
        return frames;
    }

    private static byte[] stream(List<NewEvent> events) {
        return join(frames(events).toArray(byte[][]::new));
    }

    private static byte[] join(byte[]... parts) {
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            whole.writeBytes(part);
        }
        return whole.toByteArray();
    }

    // ---- what is to be read

    private static List<ReceivedEvent> expected(List<NewEvent> events) {
        List<ReceivedEvent> expected = new ArrayList<>();
        for (NewEvent event : events) {
            String type = event.type();
            expected.add(new ReceivedEvent(
                    "k3f9a2-" + (expected.size() + 1),
                    type == null ? "message" : type,
                    lines(event.data().toString())));
        }
        return expected;
    }

    private static String lines(String text) {
        return text.replace("\r\n", "\n").replace('\r', '\n');
    }

    // ---- what is read

    /** In pieces of these sizes, again and again. */
    private static List<ReceivedEvent> read(byte[] stream, List<Integer> cuts) {
        List<ReceivedEvent> heard = new ArrayList<>();
        StandardParser parser = new StandardParser(heard::add);
        cut(stream, cuts, (from, to) -> parser.take(stream, from, to));
        return heard;
    }

    private static List<ReceivedEvent> readChunked(byte[] chunks, List<Integer> cuts) {
        List<ReceivedEvent> heard = new ArrayList<>();
        StandardParser parser = new StandardParser(heard::add);
        HttpResponseParser http = new HttpResponseParser(new HttpResponseParser.Handler() {
            @Override
            public boolean head(String head) {
                return true;
            }

            @Override
            public void body(byte[] bytes, int from, int to) {
                parser.take(bytes, from, to);
            }
        });
        byte[] response = join("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".getBytes(UTF_8), chunks);
        cut(response, cuts, (from, to) -> http.take(response, from, to));
        return heard;
    }

    private interface Piece {
        void take(int from, int to);
    }

    private static void cut(byte[] bytes, List<Integer> cuts, Piece piece) {
        int from = 0;
        for (int i = 0; from < bytes.length; i++) {
            int to = Math.min(bytes.length, from + cuts.get(i % cuts.size()));
            piece.take(from, to);
            from = to;
        }
    }

    private static List<ReceivedEvent> readByOkHttp(byte[] stream) throws IOException {
        List<ReceivedEvent> heard = new ArrayList<>();
        ServerSentEventReader reader =
                new ServerSentEventReader(new Buffer().write(stream), new ServerSentEventReader.Callback() {
                    @Override
                    public void onEvent(@Nullable String id, @Nullable String type, String data) {
                        heard.add(new ReceivedEvent(id, type == null ? "message" : type, data));
                    }

                    @Override
                    public void onRetryChange(long millis) {}
                });
        while (reader.processNextEvent()) {
            // The reader has told it.
        }
        return heard;
    }

    // ---- events

    @Provide
    Arbitrary<String> texts() {
        return Texts.unicode();
    }

    @Provide
    Arbitrary<List<NewEvent>> events() {
        Arbitrary<String> types =
                Texts.unicode().filter(SseFormatFuzzTest::isType).injectNull(0.5);
        return Combinators.combine(Topics.topics(), types, Texts.unicode())
                .as(NewEvent::new)
                .list()
                .ofMaxSize(4);
    }

    private static boolean isType(String text) {
        try {
            SseFormat.INSTANCE.requireAllowed(new NewEvent("t", text, ""));
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** Text, and text of which a byte is another one. */
    @Provide
    Arbitrary<byte[]> bytes() {
        Arbitrary<byte[]> utf8 = Texts.unicode().map(text -> text.getBytes(UTF_8));
        Arbitrary<byte[]> changed = utf8.filter(bytes -> bytes.length > 0).flatMap(bytes -> Combinators.combine(
                        Arbitraries.integers().between(0, bytes.length - 1), Arbitraries.bytes())
                .as((at, other) -> {
                    byte[] copy = bytes.clone();
                    copy[at] = other;
                    return copy;
                }));
        return Arbitraries.frequencyOf(
                Tuple.of(1, utf8),
                Tuple.of(2, changed),
                Tuple.of(1, Arbitraries.bytes().array(byte[].class).ofMaxSize(20)));
    }

    /** The sizes of the pieces in which bytes come. */
    @Provide
    Arbitrary<List<Integer>> cuts() {
        return Arbitraries.of(9, 200).flatMap(most -> Arbitraries.integers()
                .between(1, most)
                .list()
                .ofMinSize(1)
                .ofMaxSize(4));
    }
}
