package io.sluice.sse;

import io.sluice.log.TopicRules;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.HttpException;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads a parameter of a request's query, and refuses it by its name, its value and what is expected. */
public final class Parameter {

    private static final int BAD_REQUEST = 400;

    private Parameter() {}

    /**
     * The value of a parameter, or null.
     *
     * @throws HttpException 400 if the query has it more than once
     */
    public static @Nullable String single(RoutingContext routing, String name) {
        List<String> values = routing.queryParam(name);
        if (values.size() > 1) {
            throw new HttpException(BAD_REQUEST, name + " is given " + values.size() + " times: expected once");
        }
        return values.isEmpty() ? null : values.get(0);
    }

    /**
     * Whether a parameter is {@code true}; it is not if it is absent.
     *
     * @throws HttpException 400 if it is neither true nor false, or the query has it more than once
     */
    public static boolean flag(RoutingContext routing, String name) {
        return flag(routing, name, false);
    }

    /**
     * Whether a parameter is {@code true}, or something else if it is absent.
     *
     * @throws HttpException 400 if it is neither true nor false, or the query has it more than once
     */
    public static boolean flag(RoutingContext routing, String name, boolean otherwise) {
        String value = single(routing, name);
        if (value != null && !value.equals("true") && !value.equals("false")) {
            throw refusal(name, value, "true or false");
        }
        return value == null ? otherwise : value.equals("true");
    }

    /** What a parameter says as {@link #read(RoutingContext, String, Function)} reads it, or something else if it is absent. */
    static <T> T read(RoutingContext routing, String name, Function<String, T> parse, T otherwise) {
        T read = read(routing, name, parse);
        return read == null ? otherwise : read;
    }

    /**
     * What a parameter says, or null if it is absent.
     *
     * @param parse fails with {@link IllegalArgumentException}, whose message is what is expected
     * @throws HttpException 400 if it says nothing that can be read, or the query has it more than once
     */
    static <T> @Nullable T read(RoutingContext routing, String name, Function<String, T> parse) {
        String value = single(routing, name);
        try {
            return value == null ? null : parse.apply(value);
        } catch (IllegalArgumentException e) {
            throw refusal(name, String.valueOf(value), String.valueOf(e.getMessage()));
        }
    }

    /**
     * Refuses a parameter that means nothing here.
     *
     * @throws HttpException 400 if the query has it
     */
    public static void requireAbsent(RoutingContext routing, String name, String why) {
        List<String> values = routing.queryParam(name);
        if (!values.isEmpty()) {
            throw refusal(name, values.get(0), "no such parameter " + why);
        }
    }

    /** The answer to a value that is wrong. */
    public static HttpException refusal(String name, String value, String expected) {
        return new HttpException(BAD_REQUEST, name + " is \"" + TopicRules.visible(value) + "\": expected " + expected);
    }
}
