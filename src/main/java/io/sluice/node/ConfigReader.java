package io.sluice.node;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.exc.InputCoercionException;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.exc.InvalidFormatException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.exc.ValueInstantiationException;
import com.fasterxml.jackson.databind.introspect.BeanPropertyDefinition;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sluice.log.InvalidOptionException;
import io.sluice.stream.JsonBounds;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonObject;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Maps JSON to records that check themselves. A mistake becomes one line: the path, the value, and what is expected there.
 */
final class ConfigReader {

    /** What Jackson says of a text without quotes, which may be a secret. */
    private static final Pattern UNQUOTED = Pattern.compile("(?s)^Unrecognized token '.*': (was expecting .*)");

    private final Predicate<String> anyJson;

    /** A reader that checks every value. */
    ConfigReader() {
        this(path -> false);
    }

    /** @param anyJson whether the value at a path may hold any JSON, null too */
    ConfigReader(Predicate<String> anyJson) {
        this.anyJson = anyJson;
    }

    /** Parses a JSON object. The message of a mistake begins with its line and column. */
    static JsonObject parse(String text) {
        if (parseAny(text) instanceof JsonObject object) {
            return object;
        }
        throw new ConfigException("expected one JSON object");
    }

    /** Parses any JSON, to what Vert.x has for it; null is null, and so is nothing. */
    static @Nullable Object parseAny(String text) {
        try {
            JsonNode tree = ConfigMapper.INSTANCE.readTree(text);
            if (tree.isMissingNode()) {
                return null;
            }
            return tree instanceof ObjectNode ? new JsonObject(text) : Json.decodeValue(text);
        } catch (JsonProcessingException e) {
            JsonLocation at = e.getLocation();
            String where = at == null ? "" : "line " + at.getLineNr() + ", column " + at.getColumnNr() + ": ";
            boolean trailing = e instanceof MismatchedInputException;
            throw new ConfigException(
                    where + (trailing ? "expected nothing after the JSON object" : oneLine(e.getOriginalMessage())));
        }
    }

    /** Maps an object to a record that checks itself. */
    <T> T read(JsonObject json, Class<T> type) {
        if (!JsonBounds.fits(json)) {
            throw new ConfigException("it " + JsonBounds.tooDeep());
        }
        try {
            JsonNode tree = ConfigMapper.INSTANCE.readTree(json.encode());
            requireNoNull(tree, "");
            try {
                return ConfigMapper.INSTANCE.treeToValue(tree, type);
            } catch (JsonMappingException e) {
                throw translate(e, tree);
            }
        } catch (JsonProcessingException e) {
            throw new ConfigException(oneLine(e.getOriginalMessage()));
        }
    }

    /**
     * A mistake that came up later, when a value was made use of: a wrong option is named with its whole path, and with the variable or
     * file that it was read from.
     *
     * @param path the keys that lead to the option
     * @param json the configuration as it was written
     * @return another failure as it is
     */
    static Throwable under(String path, Throwable failure, JsonObject json) {
        if (!(failure instanceof InvalidOptionException invalid)) {
            return failure;
        }
        String option = join(path, invalid.option());
        @Nullable Object written = json;
        for (String key : option.split("\\.", -1)) {
            written = written instanceof JsonObject object ? object.getValue(key) : null;
        }
        boolean isElsewhere = written instanceof String text && Secrets.isReference(text);
        String value = isElsewhere ? '"' + String.valueOf(written) + "\", " + invalid.value() : invalid.value();
        return new ConfigException(option, value, invalid.expected());
    }

    private static ConfigException translate(JsonMappingException e, JsonNode tree) {
        String path = path(e.getPath());
        JsonNode found = value(tree, e.getPath());
        if (e.getCause() instanceof InvalidOptionException invalid) {
            if (e instanceof ValueInstantiationException creation && found instanceof ObjectNode object) {
                requireKnown(creation.getType(), path, object);
            }
            JsonNode written = written(found, invalid.option());
            String option = join(path, invalid.option());
            String value = written != null && written.isValueNode() ? ShownValue.of(option, written) : invalid.value();
            return new ConfigException(option, value, invalid.expected());
        }
        String value = ShownValue.of(path, found);
        if (e instanceof UnrecognizedPropertyException unknown) {
            return new ConfigException(path, value, oneOf(unknown.getKnownPropertyIds()));
        } else if (e instanceof InvalidFormatException format && format.getCause() != null) {
            return new ConfigException(path, value, format.getOriginalMessage());
        } else if (e instanceof MismatchedInputException mismatch && mismatch.getTargetType() != null) {
            return new ConfigException(path, value, expected(mismatch.getTargetType()));
        } else if (e.getCause() instanceof InputCoercionException overflow) {
            return new ConfigException(path, value, expected(overflow.getTargetType()) + " of at most 9 digits");
        }
        return new ConfigException(path + ": " + value + ": " + oneLine(e.getOriginalMessage()));
    }

    /** Jackson looks for unknown keys last, when the object is made; but what is missing may be there and misspelt. */
    private static void requireKnown(JavaType type, String path, ObjectNode object) {
        Set<String> known = ConfigMapper.INSTANCE.getDeserializationConfig().introspect(type).findProperties().stream()
                .filter(BeanPropertyDefinition::hasConstructorParameter)
                .map(BeanPropertyDefinition::getName)
                .collect(Collectors.toUnmodifiableSet());
        for (Map.Entry<String, JsonNode> field : object.properties()) {
            if (!known.contains(field.getKey())) {
                String key = join(path, escaped(field.getKey()));
                throw new ConfigException(key, ShownValue.of(key, field.getValue()), oneOf(known));
            }
        }
    }

    /** What is written for an option, which may be the path of one. */
    private static @Nullable JsonNode written(@Nullable JsonNode found, String option) {
        JsonNode node = found;
        for (String key : option.split("\\.", -1)) {
            node = node == null ? null : node.get(key);
        }
        return node;
    }

    private static String expected(Class<?> type) {
        if (type == Boolean.class) {
            return "true or false";
        } else if (type == String.class) {
            return "a text";
        } else if (Number.class.isAssignableFrom(type) || type == int.class) {
            return "a whole number";
        } else if (type.isEnum()) {
            return oneOf(List.of(type.getEnumConstants()));
        }
        return Collection.class.isAssignableFrom(type) ? "a list" : "an object";
    }

    private static String oneOf(Collection<?> values) {
        return values.stream()
                .map(value -> value instanceof Enum ? value.toString().toLowerCase(Locale.ROOT) : value.toString())
                .sorted()
                .collect(Collectors.joining(", ", values.size() == 1 ? "" : "one of ", ""));
    }

    /** Jackson takes null for an absent key. */
    private void requireNoNull(JsonNode node, String path) {
        if (node.isNull()) {
            throw new ConfigException(path, "null", "a value, or no such key for the default");
        }
        for (Map.Entry<String, JsonNode> field : node.properties()) {
            if (!anyJson.test(path)) {
                requireNoNull(field.getValue(), join(path, escaped(field.getKey())));
            }
        }
        for (int i = 0; node.isArray() && i < node.size(); i++) {
            requireNoNull(node.get(i), path + "[" + i + "]");
        }
    }

    private static String path(List<JsonMappingException.Reference> references) {
        StringBuilder path = new StringBuilder();
        for (JsonMappingException.Reference reference : references) {
            if (reference.getFieldName() == null) {
                path.append('[').append(reference.getIndex()).append(']');
            } else {
                path.append(path.length() == 0 ? "" : ".").append(escaped(reference.getFieldName()));
            }
        }
        return path.toString();
    }

    /** The key on one line: control characters are escaped. */
    private static String escaped(String key) {
        return String.valueOf(JsonStringEncoder.getInstance().quoteAsString(key));
    }

    private static String join(String path, String key) {
        return path.isEmpty() ? key : path + "." + key;
    }

    private static @Nullable JsonNode value(JsonNode tree, List<JsonMappingException.Reference> references) {
        JsonNode node = tree;
        for (JsonMappingException.Reference reference : references) {
            if (node != null) {
                node = reference.getFieldName() == null
                        ? node.get(reference.getIndex())
                        : node.get(reference.getFieldName());
            }
        }
        return node;
    }

    /** Jackson's message without its place, which the path tells already. */
    private static String oneLine(String text) {
        return UNQUOTED.matcher(text)
                .replaceFirst("Unrecognized token: $1")
                .lines()
                .findFirst()
                .orElse("")
                .replaceFirst(" \\((start marker|for root).*", "")
                .replaceFirst(", from `.*`\\)", ")");
    }
}
