package io.sluice.redis;

import java.util.List;

/** The names of a stream's keys in Redis. The braces put them into one slot of a Redis Cluster. */
record RedisKeys(String stream) {

    String log() {
        return key("log");
    }

    String state() {
        return key("state");
    }

    /** The first keys of every script that uses {@code log.lua}. */
    List<String> script() {
        return List.of(log(), state());
    }

    /** The newest event of each topic, and the topics by the numbers of those. */
    List<String> latest() {
        return List.of(key("latest"), key("topics"));
    }

    String history() {
        return key("history");
    }

    String writer(String writer) {
        return key("batch:" + writer);
    }

    String idempotency(String key) {
        return key("key:" + key);
    }

    String key(String name) {
        return "sluice:{" + stream + "}:" + name;
    }
}
