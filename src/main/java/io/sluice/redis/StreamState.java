package io.sluice.redis;

import io.vertx.redis.client.Response;
import java.util.List;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * The reply of {@code template/load.lua}: a stream of a template, and some of its events.
 *
 * @param log null if the stream is not there
 * @param gone whether it is not there, and was there a while ago
 * @param born the name of its first epoch: a stream of the same name that is made anew has another one
 */
record StreamState(@Nullable LogState log, boolean gone, String born, boolean ended, List<RedisRecord> records) {

    private static final int BORN = 4;
    private static final int ENDED = 5;
    private static final int RECORDS = 6;

    static StreamState read(Response reply) {
        if (reply.get(0).toString().isEmpty()) {
            return new StreamState(null, !reply.get(1).toString().isEmpty(), "", false, List.of());
        }
        return new StreamState(
                LogState.read(reply),
                false,
                reply.get(BORN).toString(),
                !reply.get(ENDED).toString().isEmpty(),
                StreamSupport.stream(reply.get(RECORDS).spliterator(), false)
                        .map(RedisRecord::read)
                        .toList());
    }
}
