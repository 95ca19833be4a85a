package io.sluice.node;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sluice.redis.RedisUri;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** How a message shows a value of a configuration: cut, and with stars for whatever may be a secret. */
final class ShownValue {

    private static final int LENGTH = 80;
    private static final String HIDDEN = "***";

    private static final Pattern SECRET =
            Pattern.compile("(?i).*(secret|password|passphrase|publicKey|privateKey)[^.]*");

    /** A text below these keys may be a secret, whatever its own key is: that may be misspelt, or missing. Below "tls" are files. */
    private static final Pattern SECRETIVE = Pattern.compile("(auth|cluster)\\b(?!\\.tls\\.).*");

    /** The keys below them whose texts are none. */
    private static final Set<String> OPEN = Set.of(
            "algorithm",
            "jwks",
            "discovery",
            "jwksAge",
            "issuer",
            "audience",
            "leeway",
            "claim",
            "cookie",
            "max",
            "name",
            "streams");

    /** What asks for the keys of an issuer may hold a secret, too. */
    private static final Pattern QUERY = Pattern.compile("(\"https?://[^?\"]*\\?)[^\"]*");

    private ShownValue() {}

    /**
     * The text for a message.
     *
     * @param path the keys that lead to the value
     * @param value null if there is none
     */
    static String of(String path, @Nullable JsonNode value) {
        String json = String.valueOf(value == null ? null : open(path, value));
        String text = RedisUri.masked(QUERY.matcher(json).replaceAll("$1" + HIDDEN));
        return text.length() <= LENGTH ? text : text.substring(0, LENGTH) + "...";
    }

    private static JsonNode open(String path, JsonNode value) {
        if (value.isObject()) {
            ObjectNode object = JsonNodeFactory.instance.objectNode();
            value.properties()
                    .forEach(field -> object.set(field.getKey(), open(path + "." + field.getKey(), field.getValue())));
            return object;
        }
        if (value.isArray()) {
            ArrayNode array = JsonNodeFactory.instance.arrayNode();
            value.forEach(element -> array.add(open(path, element)));
            return array;
        }
        return isSecret(path, value) ? JsonNodeFactory.instance.textNode(HIDDEN) : value;
    }

    private static boolean isSecret(String path, JsonNode value) {
        if (!value.isTextual()) {
            return value.isNumber() && SECRET.matcher(path).matches();
        }
        String text = value.textValue();
        if (Secrets.isReference(text)) {
            return false;
        }
        return SECRET.matcher(path).matches()
                || text.contains("PRIVATE KEY")
                || (SECRETIVE.matcher(path).matches() && !OPEN.contains(lastKey(path)));
    }

    private static String lastKey(String path) {
        return path.substring(path.lastIndexOf('.') + 1);
    }
}
