package io.sluice.node;

import static io.sluice.log.InvalidOptionException.require;

import io.sluice.log.InvalidOptionException;
import io.sluice.log.TopicRules;
import io.sluice.stream.EventStream;
import java.util.Set;

/** The names that a configuration may give to streams, and to templates of streams: {@code chat/*}. */
final class StreamNames {

    /** What stands behind the name of a template. */
    static final String ANY = "/*";

    /** The node's own paths, now or later. */
    private static final Set<String> RESERVED = Set.of("health", "metrics", "tickets", "v1");

    private StreamNames() {}

    /** Whether a key of {@code streams} is a template's. */
    static boolean isTemplate(String key) {
        return key.endsWith(ANY);
    }

    /** The name itself: {@code chat} for {@code chat/*}. */
    static String name(String key) {
        return isTemplate(key) ? key.substring(0, key.length() - ANY.length()) : key;
    }

    /** @throws InvalidOptionException if the names are none, or lead to one path */
    static void requireNames(Set<String> streams, Set<String> templates) {
        require(!streams.isEmpty() || !templates.isEmpty(), "streams", "{}", "one stream or more");
        streams.forEach(StreamNames::requireKey);
        for (String template : templates) {
            String key = template + ANY;
            requireKey(key);
            require(
                    !streams.contains(template),
                    "streams." + key,
                    '"' + key + '"',
                    "another name: \"" + template + "\" is a stream, too");
        }
    }

    /** @throws InvalidOptionException if a key of {@code streams} names nothing that can be served */
    static void requireKey(String key) {
        try {
            EventStream.requireName(name(key));
        } catch (InvalidOptionException e) {
            throw new InvalidOptionException(
                    "streams",
                    '"' + TopicRules.visible(key) + '"',
                    "names of " + e.expected() + ", for a template with \"" + ANY + "\" behind it");
        }
        require(
                !RESERVED.contains(name(key)),
                "streams." + key,
                '"' + key + '"',
                "another name: this path is the node's own");
    }
}
