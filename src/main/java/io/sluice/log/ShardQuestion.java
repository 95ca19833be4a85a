package io.sluice.log;

import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a node asks another one about a shard, and the answers. An empty answer says that the other one has nothing of it. */
sealed interface ShardQuestion {

    /**
     * A page of the state.
     *
     * @param least the position up to which the commands must have been applied
     */
    record OfPage(long least, PageCursor cursor) implements ShardQuestion {}

    /**
     * How long nothing has happened to some streams. The answer has so many milliseconds for each, 0 if somebody watches the stream.
     */
    record OfAges(List<String> names) implements ShardQuestion {}

    byte PAGE = 1;
    byte AGES = 2;

    /** The answer of a node that has nothing. */
    Buffer NOTHING = Buffer.buffer();

    /** The answer of a node that may have it soon. */
    Buffer LATER = Buffer.buffer(new byte[] {0});

    default Buffer encode() {
        Buffer bytes = Buffer.buffer();
        if (this instanceof OfPage page) {
            page.cursor.writeTo(bytes.appendByte(PAGE).appendLong(page.least));
        } else if (this instanceof OfAges ages) {
            bytes.appendByte(AGES).appendInt(ages.names.size());
            ages.names.forEach(name -> BufferReader.appendText(bytes, name));
        }
        return bytes;
    }

    /** Reads what {@link #encode} wrote. */
    static ShardQuestion read(Buffer bytes) {
        BufferReader in = new BufferReader(bytes);
        if (in.nextByte() == PAGE) {
            return new OfPage(in.nextLong(), PageCursor.read(in));
        }
        List<String> names = new ArrayList<>();
        for (int left = in.nextInt(); left > 0; left--) {
            names.add(in.nextText());
        }
        return new OfAges(names);
    }

    static Buffer answer(ShardPage page) {
        Buffer bytes = Buffer.buffer().appendByte(PAGE);
        page.writeTo(bytes);
        return bytes;
    }

    /** A page, or null if the other node may have it later. */
    static @Nullable ShardPage page(Buffer answer) {
        BufferReader in = new BufferReader(answer);
        return in.nextByte() == PAGE ? ShardPage.read(in) : null;
    }
}
