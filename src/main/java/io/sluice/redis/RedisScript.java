package io.sluice.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.vertx.core.Future;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;

/** A script that Redis runs as one step. It is called by its hash; its text is sent if Redis does not have it. */
final class RedisScript {

    static final RedisScript APPEND = new RedisScript("log.lua", "events.lua", "append.lua");
    static final RedisScript LATEST = new RedisScript("latest.lua");
    static final RedisScript STATE = new RedisScript("log.lua", "state.lua");
    static final RedisScript START_OVER = new RedisScript("log.lua", "start_over.lua");
    static final RedisScript MARK = new RedisScript("log.lua", "mark.lua");
    static final RedisScript HISTORY = new RedisScript("log.lua", "history.lua");
    static final RedisScript TEMPLATE_APPEND =
            new RedisScript("log.lua", "template/template.lua", "events.lua", "template/append.lua");
    static final RedisScript TEMPLATE_LOAD = new RedisScript("log.lua", "template/template.lua", "template/load.lua");
    static final RedisScript TEMPLATE_START_OVER =
            new RedisScript("log.lua", "template/template.lua", "template/start_over.lua");
    static final RedisScript TEMPLATE_TOUCH = new RedisScript("log.lua", "template/touch.lua");
    static final RedisScript TEMPLATE_DUE = new RedisScript("log.lua", "template/template.lua", "template/due.lua");
    static final RedisScript TEMPLATE_EXPIRE =
            new RedisScript("log.lua", "template/template.lua", "template/expire.lua");
    static final RedisScript TEMPLATE_INFO = new RedisScript("template/info.lua");
    static final RedisScript LEASE = new RedisScript("lease.lua");
    static final RedisScript RELEASE = new RedisScript("release.lua");

    private final String text;
    private final String hash;

    private RedisScript(String... files) {
        StringBuilder all = new StringBuilder();
        for (String file : files) {
            all.append(read(file));
        }
        this.text = all.toString();
        this.hash = hash(text);
    }

    /** Runs the script; fails as {@link ReconnectingRedis#send} does. */
    Future<Response> run(ReconnectingRedis redis, List<String> keys, Consumer<Request> arguments) {
        return redis.send(request(Command.EVALSHA, hash, keys, arguments), ReconnectingRedis.PATIENCE_MILLIS)
                .recover(failure -> ReconnectingRedis.isErrorReply(failure)
                                && ReconnectingRedis.reason(failure).startsWith("NOSCRIPT")
                        ? redis.send(request(Command.EVAL, text, keys, arguments), ReconnectingRedis.PATIENCE_MILLIS)
                        : redis.context().failedFuture(failure));
    }

    private static Request request(Command command, String script, List<String> keys, Consumer<Request> arguments) {
        Request request = Request.cmd(command).arg(script).arg(keys.size());
        keys.forEach(request::arg);
        arguments.accept(request);
        return request;
    }

    private static String read(String file) {
        try (InputStream in = RedisScript.class.getResourceAsStream(file)) {
            return new String(Objects.requireNonNull(in, file).readAllBytes(), UTF_8);
        } catch (IOException e) {
            throw new IllegalStateException("the jar lacks " + file, e);
        }
    }

    private static String hash(String text) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-1").digest(text.getBytes(UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-1", e);
        }
    }
}
