package io.sluice.redis;

import java.util.List;

/** What a stream's things are called in Redis; the braces keep them in one slot of a Redis cluster. */
record RedisKeys(String stream) {

    String log() {
        return key("log");
    }

    String state() {
        return key("state");
    }

    /** What every script of a log has first. */
    List<String> script() {
        return List.of(log(), state());
    }

    String history() {
        return key("history");
    }

    String batch(String writer) {
        return key("batch:" + writer);
    }

    String idempotency(String key) {
        return key("key:" + key);
    }

    private String key(String what) {
        return "sluice:{" + stream + "}:" + what;
    }
}
