package io.sluice.redis;

import io.sluice.log.Epochs;
import io.sluice.log.EventId;
import io.sluice.log.NamedStreamInfo;
import io.sluice.log.TemplateRules;
import io.vertx.core.Future;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/** Sends the scripts that read a template's streams and keep them alive. On its connection's context only. */
final class TemplateScripts {

    /** Nodes that were away for so long get a time to come back, before streams go that nobody watches. */
    private static final long AWAY_MILLIS = 5000;

    private static final long COME_BACK_MILLIS = 15_000;

    private final ReconnectingRedis redis;
    private final TemplateKeys keys;
    private final TemplateRules rules;

    TemplateScripts(ReconnectingRedis redis, TemplateKeys keys, TemplateRules rules) {
        this.redis = redis;
        this.keys = keys;
        this.rules = rules;
    }

    private static String freshEpoch() {
        return EventId.fresh().epoch();
    }

    /** The keys of a script for some streams. */
    private List<String> keys(List<String> shared, List<String> streams, Function<String, List<String>> ofStream) {
        List<String> all = new ArrayList<>(keys.feed().script());
        all.addAll(shared);
        streams.forEach(stream -> all.addAll(ofStream.apply(stream)));
        return all;
    }

    // ---- reading

    /**
     * Reads a stream.
     *
     * @param last the position whose mark is wanted
     * @param cursor the position behind which to read
     * @param max the most events
     */
    Future<StreamState> load(String stream, long last, long cursor, int max) {
        Consumer<Request> arguments = request -> request.arg(freshEpoch())
                .arg(stream)
                .arg(freshEpoch())
                .arg(last)
                .arg(cursor)
                .arg(max)
                .arg(rules.history().age().toMillis())
                .arg(rules.idle().toMillis());
        return RedisScript.TEMPLATE_LOAD
                .run(redis, keys(List.of(keys.times()), List.of(stream), keys::of), arguments)
                .map(StreamState::read);
    }

    /** Reads the newest events of topics that a stream keeps beyond its history: those whose numbers are not above a position. */
    Future<LatestReader.Latest> latest(String stream, long upTo) {
        List<String> all = new ArrayList<>(List.of(keys.state(stream)));
        all.addAll(keys.latest(stream));
        return LatestReader.read(redis, all, upTo);
    }

    /** Makes a stream begin an epoch without a past, unless it has other epochs by now. */
    Future<Void> startOver(String stream, Epochs epochs, long last) {
        List<String> all = keys(List.of(keys.log(stream), keys.state(stream)), List.of(), keys::of);
        return RedisScript.TEMPLATE_START_OVER
                .run(redis, all, arguments -> arguments
                        .arg(freshEpoch())
                        .arg(freshEpoch())
                        .arg(epochs.toString())
                        .arg(last))
                .mapEmpty();
    }

    /** The names of streams, in their order. */
    Future<List<String>> names(@Nullable String after, int limit) {
        Request request = Request.cmd(Command.ZRANGE)
                .arg(keys.names())
                .arg(after == null ? "-" : '(' + after)
                .arg("+")
                .arg("BYLEX")
                .arg("LIMIT")
                .arg(0)
                .arg(limit);
        return redis.send(request, ReconnectingRedis.PATIENCE_MILLIS).map(TemplateScripts::texts);
    }

    /** What a list tells of streams: of those that are there. */
    Future<List<NamedStreamInfo>> describe(List<String> streams) {
        List<String> all = streams.stream()
                .flatMap(stream -> List.of(keys.log(stream), keys.state(stream)).stream())
                .toList();
        return RedisScript.TEMPLATE_INFO.run(redis, all, arguments -> {}).map(reply -> IntStream.range(
                        0, streams.size())
                .filter(i -> reply.get(i).size() > 0)
                .mapToObj(i -> info(streams.get(i), reply.get(i)))
                .toList());
    }

    private static NamedStreamInfo info(String stream, Response known) {
        EventId last = Epochs.parse(known.get(0).toString()).id(number(known.get(1)));
        boolean ended = !known.get(4).toString().isEmpty();
        return new NamedStreamInfo(stream, last, number(known.get(2)), number(known.get(3)), ended);
    }

    private static long number(Response text) {
        return Long.parseLong(text.toString());
    }

    private static List<String> texts(Response reply) {
        return StreamSupport.stream(reply.spliterator(), false)
                .map(Response::toString)
                .toList();
    }

    // ---- life and death

    /** Keeps streams that somebody watches from going for their idle time. */
    Future<Void> touch(List<String> streams) {
        List<String> all = keys(List.of(keys.times()), streams, stream -> List.of(keys.state(stream)));
        return RedisScript.TEMPLATE_TOUCH
                .run(redis, all, arguments -> {
                    arguments.arg("").arg(rules.idle().toMillis());
                    streams.forEach(arguments::arg);
                })
                .mapEmpty();
    }

    /** The names of streams whose time is over. */
    Future<List<String>> due(int limit) {
        return RedisScript.TEMPLATE_DUE
                .run(redis, keys(List.of(keys.times()), List.of(), keys::of), arguments -> arguments
                        .arg(freshEpoch())
                        .arg(AWAY_MILLIS)
                        .arg(COME_BACK_MILLIS)
                        .arg(limit))
                .map(TemplateScripts::texts);
    }

    /** Deletes streams whose time is over, unless something has happened to them since. */
    Future<Void> expire(List<String> streams) {
        return RedisScript.TEMPLATE_EXPIRE
                .run(redis, keys(List.of(keys.names(), keys.times()), streams, keys::of), arguments -> {
                    arguments.arg(freshEpoch()).arg(rules.keep().toMillis());
                    streams.forEach(arguments::arg);
                })
                .mapEmpty();
    }
}
