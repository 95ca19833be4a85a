package io.sluice.bridge;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A client's frame.
 *
 * @param type one of {@link #TYPES}
 * @param address the bus address that it is about
 * @param replyAddress the name under which the client expects the answer
 * @param body what it publishes, sends or answers
 * @param options the headers, and the options of the delivery that are among them
 * @param failureCode makes an answer a failure
 * @param message the failure's text
 */
record Frame(
        String type,
        @Nullable String address,
        @Nullable String replyAddress,
        @Nullable Object body,
        DeliveryOptions options,
        @Nullable Integer failureCode,
        @Nullable String message) {

    private static final List<String> TYPES = List.of("ping", "publish", "register", "send", "unregister");
    private static final int MAX_ADDRESS = 255;

    /** The node keeps a request for that many milliseconds at most. */
    private static final long MAX_TIMEOUT = 300_000;

    private static final int MAX_SHOWN = 80;

    /**
     * Reads a frame's JSON, and checks each field.
     *
     * @throws IllegalArgumentException that names the field, its value, and the expected one
     */
    static Frame parse(Buffer utf8) {
        JsonObject json = json(utf8);
        Object type = json.getValue("type");
        require(type instanceof String && TYPES.contains(type), "type", type, "one of " + String.join(", ", TYPES));
        for (String field : List.of("address", "replyAddress", "message")) {
            Object value = json.getValue(field);
            require(value == null || value instanceof String, field, value, "a text");
        }
        Frame frame = new Frame(
                json.getString("type"),
                address(json, "address"),
                address(json, "replyAddress"),
                json.getValue("body"),
                new DeliveryOptions(),
                failureCode(json.getValue("failureCode")),
                json.getString("message"));
        require(
                isPlain(frame.body) || frame.body instanceof JsonObject || frame.body instanceof JsonArray,
                "body",
                frame.body,
                "an object, a list, a text, a boolean, or a number of 64 bits");
        addHeaders(json.getValue("headers"), frame.options);
        return frame;
    }

    private static JsonObject json(Buffer utf8) {
        String text;
        try {
            text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(utf8.getBytes()))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("the frame is not UTF-8", e);
        }
        JsonObject json;
        try {
            json = new JsonObject(text);
        } catch (DecodeException e) {
            throw wrong("the frame", text, "one JSON object");
        }
        // The JSON text "null" is an object without a map.
        require(json.getMap() != null, "the frame", text, "one JSON object");
        if (!fits(json.getMap(), BridgeSettings.MAX_LEVELS)) {
            throw new IllegalArgumentException("the frame: more than " + BridgeSettings.MAX_LEVELS
                    + " objects and lists inside each other: expected at most " + BridgeSettings.MAX_LEVELS);
        }
        return json;
    }

    /** Whether at most that many objects and lists are inside each other. */
    private static boolean fits(@Nullable Object value, int levels) {
        if (value instanceof Map<?, ?> object) {
            return levels > 0 && object.values().stream().allMatch(child -> fits(child, levels - 1));
        } else if (value instanceof List<?> list) {
            return levels > 0 && list.stream().allMatch(child -> fits(child, levels - 1));
        }
        return true;
    }

    /** The node keeps addresses while a request is open, so their length is bounded. */
    private static @Nullable String address(JsonObject json, String field) {
        String address = json.getString(field);
        if (address != null && address.length() > MAX_ADDRESS) {
            throw new IllegalArgumentException(
                    field + ": a text of " + address.length() + " characters: expected at most " + MAX_ADDRESS);
        }
        return address;
    }

    private static @Nullable Integer failureCode(@Nullable Object code) {
        require(code == null || code instanceof Integer, "failureCode", code, "a whole number");
        return (Integer) code;
    }

    /** Three names are no headers but options of the delivery. */
    private static void addHeaders(@Nullable Object headers, DeliveryOptions options) {
        if (headers == null) {
            return;
        }
        require(headers instanceof JsonObject, "headers", headers, "an object");
        for (Map.Entry<String, Object> header : (JsonObject) headers) {
            Object value = header.getValue();
            switch (header.getKey()) {
                case "timeout" -> options.setSendTimeout(timeout(value));
                case "localOnly" -> {
                    require(value instanceof Boolean, "headers.localOnly", value, "true or false");
                    options.setLocalOnly((Boolean) value);
                }
                case "codecName" -> throw wrong("headers.codecName", value, "no such header");
                default -> {
                    String name = "headers." + header.getKey();
                    require(value != null && isPlain(value), name, value, "a text, number or boolean");
                    options.addHeader(header.getKey(), String.valueOf(value));
                }
            }
        }
    }

    private static int timeout(@Nullable Object value) {
        if (value instanceof Integer millis && millis >= 1 && millis <= MAX_TIMEOUT) {
            return millis;
        }
        throw wrong("headers.timeout", value, "milliseconds, 1 to " + MAX_TIMEOUT);
    }

    /** Larger numbers have other classes, which the bus does not carry. */
    private static boolean isPlain(@Nullable Object value) {
        return value == null
                || value instanceof String
                || value instanceof Boolean
                || value instanceof Integer
                || value instanceof Long
                || value instanceof Double;
    }

    private static void require(boolean holds, String what, @Nullable Object value, String expected) {
        if (!holds) {
            throw wrong(what, value, expected);
        }
    }

    private static IllegalArgumentException wrong(String what, @Nullable Object value, String expected) {
        String found = value instanceof String text ? '"' + text + '"' : String.valueOf(value);
        String shown = found.length() <= MAX_SHOWN ? found : found.substring(0, MAX_SHOWN) + "...";
        return new IllegalArgumentException(what + ": " + shown + ": expected " + expected);
    }
}
