package io.sluice.node;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.exc.InvalidFormatException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.type.LogicalType;
import io.sluice.auth.Secret;
import io.sluice.log.ByteSize;
import io.sluice.log.Durations;
import io.sluice.sse.Replay;
import io.sluice.stream.JsonBounds;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** The Jackson mapper of configurations: strict about types, and with the texts of durations, sizes and the like. */
final class ConfigMapper {

    static final ObjectMapper INSTANCE = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(JsonBounds.MAX_LEVELS)
                            .build())
                    .build())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS, DeserializationFeature.FAIL_ON_NUMBERS_FOR_ENUMS)
            .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS)
            // A record's map would be a key, too.
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS, MapperFeature.USE_GETTERS_AS_SETTERS)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .withCoercionConfig(LogicalType.Textual, text -> List.of(
                            CoercionInputShape.Integer, CoercionInputShape.Float, CoercionInputShape.Boolean)
                    .forEach(shape -> text.setCoercion(shape, CoercionAction.Fail)))
            .addModule(new SimpleModule()
                    .addDeserializer(Duration.class, new TextDeserializer<>(Duration.class, Durations::parse))
                    .addDeserializer(ByteSize.class, new TextDeserializer<>(ByteSize.class, ByteSize::parse))
                    .addDeserializer(
                            Secret.class,
                            new TextDeserializer<>(Secret.class, text -> Secrets.secret(text, System.getenv())))
                    .addDeserializer(
                            PublicKeyText.class,
                            new TextDeserializer<>(
                                    PublicKeyText.class,
                                    text -> new PublicKeyText(Secrets.publicKey(text, System.getenv()))))
                    .addDeserializer(Replay.class, new TextDeserializer<>(Replay.class, Replay::parse))
                    .addDeserializer(JsonObject.class, new JsonObjectDeserializer()))
            .build();

    /** What is written as a text. */
    private static final Set<Class<?>> TEXTS =
            Set.of(String.class, Duration.class, ByteSize.class, Secret.class, PublicKeyText.class, Replay.class);

    private ConfigMapper() {}

    /** Whether a value of this type is written as a text. */
    static boolean isText(JavaType type) {
        return TEXTS.contains(type.getRawClass()) || type.isEnumType();
    }

    /** The value of an object without keys: each of its components has its default. */
    static <T> T defaults(Class<T> type) {
        return INSTANCE.convertValue(Map.of(), type);
    }

    /** Reads a value from a text. A bare number counts as the text of its digits, so that 0 needs no quotes. */
    private static final class TextDeserializer<T> extends StdDeserializer<T> {

        private static final long serialVersionUID = 1;

        // A deserializer is never serialized.
        @SuppressWarnings("serial")
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
