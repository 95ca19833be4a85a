package io.sluice.node;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a client of the bridge says in one frame.
 *
 * @param type what it wants
 * @param address of which address; empty where it names none
 */
record BridgeFrame(String type, String address) {

    private static final int MAX_ADDRESS = 255;
    private static final List<String> TYPES = List.of("ping", "publish", "register", "send", "unregister");
    private static final long MAX_TIMEOUT = 300_000; // for so long the node remembers a request
    private static final int SHOWN = 80;

    /**
     * Reads a frame's JSON, and checks what the bridge takes for granted.
     *
     * @throws IllegalArgumentException that names what is wrong, and what is expected
     */
    static BridgeFrame parse(ByteBuffer utf8) {
        JsonObject json = json(utf8);
        String type = String.valueOf(json.getValue("type"));
        require(TYPES.contains(type), "type", json.getValue("type"), "one of " + String.join(", ", TYPES));
        for (String field : List.of("address", "replyAddress", "message")) {
            Object value = json.getValue(field);
            require(value == null || value instanceof String, field, value, "a text");
        }
        for (String field : List.of("address", "replyAddress")) {
            Object value = json.getValue(field); // which the bridge keeps while a request is open
            require(
                    !(value instanceof String address) || address.length() <= MAX_ADDRESS,
                    field,
                    "a text of " + String.valueOf(value).length() + " characters",
                    "at most " + MAX_ADDRESS);
        }
        Object code = json.getValue("failureCode");
        require(code == null || code instanceof Integer, "failureCode", code, "a whole number");
        Object body = json.getValue("body");
        require(
                isPlain(body) || body instanceof JsonObject || body instanceof JsonArray,
                "body",
                body,
                "an object, a list, a text, a boolean, or a number of 64 bits");
        requireHeaders(json.getValue("headers"));
        return new BridgeFrame(type, Objects.requireNonNullElse(json.getString("address"), ""));
    }

    boolean isRegister() {
        return type.equals("register");
    }

    boolean isUnregister() {
        return type.equals("unregister");
    }

    private static JsonObject json(ByteBuffer utf8) {
        String text;
        try {
            text = StandardCharsets.UTF_8.newDecoder().decode(utf8).toString();
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("the frame is not UTF-8", e);
        }
        try {
            return new JsonObject(text);
        } catch (DecodeException e) {
            throw wrong("the frame", text, "one JSON object");
        }
    }

    /** Three names are not headers but options of the delivery. */
    private static void requireHeaders(@Nullable Object headers) {
        if (headers == null) {
            return;
        }
        require(headers instanceof JsonObject, "headers", headers, "an object");
        for (Map.Entry<String, Object> header : (JsonObject) headers) {
            Object value = header.getValue();
            switch (header.getKey()) {
                case "timeout" ->
                    require(
                            value instanceof Integer millis && millis >= 1 && millis <= MAX_TIMEOUT,
                            "headers.timeout",
                            value,
                            "milliseconds, 1 to " + MAX_TIMEOUT);
                case "localOnly" -> require(value instanceof Boolean, "headers.localOnly", value, "true or false");
                case "codecName" -> require(false, "headers.codecName", value, "no such header");
                default ->
                    require(
                            value != null && isPlain(value),
                            "headers." + header.getKey(),
                            value,
                            "a text, number or boolean");
            }
        }
    }

    /** Larger numbers, which are objects of another class, the bus does not carry. */
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
        String shown = found.length() <= SHOWN ? found : found.substring(0, SHOWN) + "...";
        return new IllegalArgumentException(what + ": " + shown + ": expected " + expected);
    }
}
