package io.sluice.testing.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.sluice.log.EventId;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The lines between two blank lines of a {@code text/event-stream}.
 *
 * @param text all of it, each line ended by LF
 */
public record SseBlock(
        String text,
        @Nullable String id,
        @Nullable String event,
        @Nullable String data) {

    /** A parser that hands each block on when it is complete. */
    public static SseParser parser(Consumer<SseBlock> reader) {
        return new SseParser(new Collector(reader));
    }

    /** All blocks of a body that are complete. */
    public static List<SseBlock> parse(String body) {
        List<SseBlock> blocks = new ArrayList<>();
        byte[] bytes = body.getBytes(UTF_8);
        parser(blocks::add).take(bytes, 0, bytes.length);
        return blocks;
    }

    /** Of its lines. The last one needs no line end. */
    public static SseBlock of(String lines) {
        return parse(lines + "\n\n").get(0);
    }

    /** The id as a position. Null where there is none. */
    public @Nullable EventId position() {
        return id == null ? null : EventId.parse(id);
    }

    /** The number in the id. */
    public long n() {
        String named = String.valueOf(id);
        return Long.parseLong(named.substring(named.lastIndexOf('-') + 1));
    }

    /** Whether it is an event without a type. */
    public boolean isMessage() {
        return event == null && data != null;
    }

    boolean isGap() {
        return "gap".equals(event);
    }

    boolean isClose() {
        return "close".equals(event);
    }

    private static final class Collector implements SseParser.Handler {

        private final Consumer<SseBlock> reader;
        private final StringBuilder text = new StringBuilder();
        private @Nullable String id;
        private @Nullable String event;

        Collector(Consumer<SseBlock> reader) {
            this.reader = reader;
        }

        @Override
        public void line(SseParser.Field field, byte[] bytes, int from, int value, int to) {
            text.append(new String(bytes, from, to - from, UTF_8)).append('\n');
            if (field == SseParser.Field.ID) {
                id = new String(bytes, value, to - value, UTF_8);
            } else if (field == SseParser.Field.EVENT) {
                event = new String(bytes, value, to - value, UTF_8);
            }
        }

        @Override
        public void event(byte[] data, int length) {
            end(new String(data, 0, length, UTF_8));
        }

        @Override
        public void blockWithoutData() {
            end(null);
        }

        private void end(@Nullable String data) {
            SseBlock block = new SseBlock(text.toString(), id, event, data);
            text.setLength(0);
            id = null;
            event = null;
            reader.accept(block);
        }
    }
}
