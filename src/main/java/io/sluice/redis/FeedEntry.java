package io.sluice.redis;

import io.sluice.log.Bytes;
import io.vertx.redis.client.Response;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An entry of a template's feed: see {@code template/template.lua}. Its fields stay as Redis sent them until they are asked for: most
 * nodes watch few of the streams.
 *
 * @param f the number of the entry; they are dense
 * @param epoch of the feed
 */
record FeedEntry(long f, String epoch, String stream, Response entry) {

    private static final int EPOCH = 3;
    private static final int NAME = 5;
    private static final int WHAT = 6;

    /** Reads an entry; one that no node has written has an empty epoch. */
    static FeedEntry read(Response entry) {
        String id = entry.get(0).toString();
        long f = Long.parseLong(id, 0, id.indexOf('-'), 10);
        Response fields = entry.get(1);
        return fields.size() <= NAME
                ? new FeedEntry(f, "", "", entry)
                : new FeedEntry(
                        f, fields.get(EPOCH).toString(), fields.get(NAME).toString(), entry);
    }

    /** The epoch in which the stream was born that has been deleted; null if none has. */
    @Nullable
    String gone() {
        return what().equals("gone") ? entry.get(1).get(WHAT + 1).toString() : null;
    }

    /** The stream's event, or null if the entry has none. */
    @Nullable
    RedisRecord event() {
        if (!what().equals("n")) {
            return null;
        }
        RedisRecord read = RedisRecord.read(entry);
        Map<String, Bytes> fields = read.fields();
        long n = Long.parseLong(String.valueOf(fields.get("n")));
        return new RedisRecord(n, String.valueOf(fields.get("in")), read.bits(), fields, read.size());
    }

    /** The name of the first field that is not of every entry. */
    private String what() {
        Response fields = entry.get(1);
        return fields.size() > WHAT ? fields.get(WHAT).toString() : "";
    }
}
