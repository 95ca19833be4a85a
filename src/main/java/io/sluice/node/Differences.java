package io.sluice.node;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What is different in two configurations, a sentence for each key that takes a restart. Secrets are not shown. */
final class Differences {

    private Differences() {}

    /**
     * The sentences, as {@code http.port: 8080 -> 9000 takes a restart}.
     *
     * @param isTaken whether a difference at a path takes none
     */
    static List<String> between(JsonObject before, JsonObject now, Predicate<String> isTaken) {
        List<String> sentences = new ArrayList<>();
        add("", before, now, isTaken, sentences);
        return sentences;
    }

    private static void add(
            String path, JsonObject before, JsonObject now, Predicate<String> isTaken, List<String> sentences) {
        Set<String> keys = new TreeSet<>(before.fieldNames());
        keys.addAll(now.fieldNames());
        for (String key : keys) {
            @Nullable Object old = before.getValue(key);
            @Nullable Object other = now.getValue(key);
            String below = path.isEmpty() ? key : path + "." + key;
            if (old instanceof JsonObject one && other instanceof JsonObject two) {
                add(below, one, two, isTaken, sentences);
            } else if (!isSame(old, other) && !isTaken.test(below)) {
                sentences.add(below + ": " + shown(below, old) + " -> " + shown(below, other) + " takes a restart");
            }
        }
    }

    private static boolean isSame(@Nullable Object one, @Nullable Object other) {
        return Json.encode(one).equals(Json.encode(other));
    }

    private static String shown(String path, @Nullable Object value) {
        return value == null ? "the default" : ShownValue.of(path, tree(value));
    }

    private static JsonNode tree(Object value) {
        try {
            return ConfigMapper.INSTANCE.readTree(Json.encode(value));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
