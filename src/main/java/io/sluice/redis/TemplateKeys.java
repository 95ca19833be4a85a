package io.sluice.redis;

import java.util.ArrayList;
import java.util.List;

/** The names of the keys of a template's streams in Redis: all in one slot of a Redis Cluster. */
record TemplateKeys(String template) {

    /** The feed is a log that carries what happens to all of the streams. */
    RedisKeys feed() {
        return new RedisKeys(template + "/*");
    }

    String names() {
        return feed().key("names");
    }

    String times() {
        return feed().key("times");
    }

    String log(String stream) {
        return feed().key("log:" + stream);
    }

    String state(String stream) {
        return feed().key("state:" + stream);
    }

    /** The mark that a stream has gone. */
    String gone(String stream) {
        return feed().key("gone:" + stream);
    }

    /** The newest event of each topic, and the topics by the numbers of those. */
    List<String> latest(String stream) {
        return List.of(feed().key("latest:" + stream), feed().key("topics:" + stream));
    }

    /** All keys of a stream that a script may change. */
    List<String> of(String stream) {
        List<String> all = new ArrayList<>(List.of(log(stream), state(stream), gone(stream)));
        all.addAll(latest(stream));
        return all;
    }

    String idempotency(String stream, String key) {
        return feed().idempotency(stream + '/' + key);
    }
}
