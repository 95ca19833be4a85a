package io.sluice.redis;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.redis.client.Response;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads the newest events of topics that a log keeps beyond its history, page by page: a topic that has a newer event meanwhile is not
 * among them, or comes with its older one. On the connection's context only.
 */
final class LatestReader {

    private static final int PAGE_RECORDS = 1000;

    /** A page has no event after so many bytes. */
    private static final long PAGE_BYTES = 1L << 20;

    private final ReconnectingRedis redis;
    private final List<String> keys;
    private final long upTo;
    private final List<RedisRecord> found = new ArrayList<>();

    /**
     * What there is.
     *
     * @param records the events, oldest first
     * @param lacking the position up to which topics may be missing; 0 if none is
     */
    record Latest(List<RedisRecord> records, long lacking) {

        static final Latest NONE = new Latest(List.of(), 0);

        Latest {
            records = List.copyOf(records);
        }
    }

    private LatestReader(ReconnectingRedis redis, List<String> keys, long upTo) {
        this.redis = redis;
        this.keys = keys;
        this.upTo = upTo;
    }

    /**
     * Reads those whose numbers are not above a position, the oldest first.
     *
     * @param keys those of {@code latest.lua}
     */
    static Future<Latest> read(ReconnectingRedis redis, List<String> keys, long upTo) {
        Promise<Latest> done = redis.context().promise();
        new LatestReader(redis, keys, upTo).readBehind(0, done);
        return done.future();
    }

    private void readBehind(long n, Promise<Latest> done) {
        RedisScript.LATEST
                .run(
                        redis,
                        keys,
                        arguments ->
                                arguments.arg(n).arg(upTo).arg(PAGE_RECORDS).arg(PAGE_BYTES))
                .onComplete(
                        page -> {
                            if (page.size() == 1) {
                                done.complete(new Latest(
                                        found, Long.parseLong(page.get(0).toString())));
                            } else {
                                readBehind(add(page), done);
                            }
                        },
                        done::fail);
    }

    /** Returns the last one's number. */
    private long add(Response page) {
        page.stream().skip(1).forEach(entry -> found.add(RedisRecord.read(entry)));
        return found.get(found.size() - 1).n();
    }
}
