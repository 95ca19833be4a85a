package io.sluice.node;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.InputCoercionException;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.exc.InvalidFormatException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.type.LogicalType;
import io.sluice.log.ByteSize;
import io.sluice.log.InvalidOptionException;
import io.sluice.redis.RedisUri;
import io.sluice.sse.Replay;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Maps JSON to the records of the configuration, and what is wrong with it to one line: the path, the value, and what is
 * expected there.
 */
final class ConfigReader {

    private static final int SHOWN = 80;

    private static final ObjectMapper MAPPER = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS, DeserializationFeature.FAIL_ON_NUMBERS_FOR_ENUMS)
            .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .withCoercionConfig(LogicalType.Textual, text -> List.of(
                            CoercionInputShape.Integer, CoercionInputShape.Float, CoercionInputShape.Boolean)
                    .forEach(shape -> text.setCoercion(shape, CoercionAction.Fail)))
            .addModule(new SimpleModule()
                    .addDeserializer(Duration.class, new TextDeserializer<>(Duration.class, Durations::parse))
                    .addDeserializer(ByteSize.class, new TextDeserializer<>(ByteSize.class, ByteSize::parse))
                    .addDeserializer(Replay.class, new TextDeserializer<>(Replay.class, Replay::parse))
                    .addDeserializer(JsonObject.class, new JsonObjectDeserializer()))
            .build();

    private ConfigReader() {}

    /** Reads a JSON object; says the line and the column where it is none. */
    static JsonObject parse(String text) {
        try {
            JsonNode tree = MAPPER.readTree(text);
            if (tree instanceof ObjectNode) {
                return new JsonObject(text);
            }
            throw new ConfigException("expected one JSON object");
        } catch (JsonProcessingException e) {
            JsonLocation at = e.getLocation();
            String where = at == null ? "" : "line " + at.getLineNr() + ", column " + at.getColumnNr() + ": ";
            boolean trailing = e instanceof MismatchedInputException;
            throw new ConfigException(
                    where + (trailing ? "expected nothing after the JSON object" : oneLine(e.getOriginalMessage())));
        }
    }

    /** Maps an object to a record that checks itself. */
    static <T> T read(JsonObject json, Class<T> type) {
        try {
            JsonNode tree = MAPPER.readTree(json.encode());
            requireNoNull(tree, "");
            try {
                return MAPPER.treeToValue(tree, type);
            } catch (JsonMappingException e) {
                throw translate(e, tree);
            }
        } catch (JsonProcessingException e) {
            throw new ConfigException(oneLine(e.getOriginalMessage()));
        }
    }

    private static ConfigException translate(JsonMappingException e, JsonNode tree) {
        String path = path(e.getPath());
        JsonNode found = value(tree, e.getPath());
        if (e.getCause() instanceof InvalidOptionException invalid) {
            JsonNode written = found == null ? null : found.get(invalid.option());
            String value = written != null && written.isValueNode() ? shown(written) : invalid.value();
            return new ConfigException(join(path, invalid.option()), value, invalid.expected());
        }
        String value = shown(found);
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

    /** Jackson would take a null for an absent key. */
    private static void requireNoNull(JsonNode node, String path) {
        if (node.isNull()) {
            throw new ConfigException(path, "null", "a value, or no such key for the default");
        }
        for (Map.Entry<String, JsonNode> field : node.properties()) {
            if (!path.matches("producers\\[\\d+]\\.config")) { // a producer's own affair
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

    /** A key on one line, whatever is in it. */
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

    private static String shown(@Nullable JsonNode value) {
        String text = RedisUri.masked(String.valueOf(value));
        return text.length() <= SHOWN ? text : text.substring(0, SHOWN) + "...";
    }

    /** What Jackson says, without where in its own words: that comes first. */
    private static String oneLine(String text) {
        return text.lines().findFirst().orElse("").replaceFirst(" \\((start marker|for root).*", "");
    }

    // ---- how values are written

    /** A value written as a text; a bare number stands for its digits, so that 0 needs no quotes. */
    private static final class TextDeserializer<T> extends StdDeserializer<T> {

        private static final long serialVersionUID = 1;

        @SuppressWarnings("serial") // nobody serializes a deserializer
        private final Function<String, T> parse;

        TextDeserializer(Class<T> type, Function<String, T> parse) {
            super(type);
            this.parse = parse;
        }

        @Override
        public T deserialize(JsonParser parser, DeserializationContext context) throws IOException {
            String text = parser.currentToken().isScalarValue() ? parser.getText() : "";
            try {
                return parse.apply(text);
            } catch (IllegalArgumentException e) {
                InvalidFormatException invalid =
                        InvalidFormatException.from(parser, e.getMessage(), text, handledType());
                invalid.initCause(e);
                throw invalid;
            }
        }
    }

    private static final class JsonObjectDeserializer extends StdDeserializer<JsonObject> {

        private static final long serialVersionUID = 1;

        JsonObjectDeserializer() {
            super(JsonObject.class);
        }

        @Override
        public JsonObject deserialize(JsonParser parser, DeserializationContext context) throws IOException {
            JsonNode tree = context.readTree(parser);
            if (!tree.isObject()) {
                JavaType type = context.constructType(JsonObject.class);
                throw MismatchedInputException.from(parser, type, "an object");
            }
            return new JsonObject(tree.toString());
        }
    }
}
