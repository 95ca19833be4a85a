package io.sluice.auth;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Reads a JSON object of a stranger: UTF-8, each name once (RFC 7519 4: two readers may take another one of two), shallow, and nothing
 * behind it.
 */
final class StrictJson {

    private static final int MAX_LEVELS = 32;
    private static final int MAX_NUMBER = 100;

    /** Names are neither kept nor shared: each of a stranger's may be another one. */
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(MAX_LEVELS)
                    .maxNumberLength(MAX_NUMBER)
                    .build())
            .build();

    private StrictJson() {}

    /** @throws IllegalArgumentException if the bytes are anything else */
    static JsonObject object(byte[] bytes) {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            requireObject(text);
            return new JsonObject(text);
        } catch (IOException e) {
            throw new IllegalArgumentException("no JSON object", e);
        }
    }

    private static void requireObject(String text) throws IOException {
        try (JsonParser parser = FACTORY.createParser(text)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new IllegalArgumentException("no JSON object");
            }
            int levels = 1;
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                if (levels == 0) {
                    throw new IllegalArgumentException("more than one JSON object");
                }
                levels += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
            }
        }
    }
}
