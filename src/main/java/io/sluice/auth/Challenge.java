package io.sluice.auth;

import io.vertx.ext.web.RoutingContext;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a refusal says in {@code WWW-Authenticate}, RFC 6750 3. It is left with a request when its client is looked at, since the
 * refusal may come later.
 *
 * @param error the code of RFC 6750 3.1, or null if the client has shown nothing
 * @param description for the developer of the client, or null
 */
public record Challenge(@Nullable String error, @Nullable String description) {

    private static final String KEY = Challenge.class.getName();

    /** The client has shown nothing: RFC 6750 3.1 has no code for that. */
    private static final Challenge NOTHING_SHOWN = new Challenge(null, null);

    private static final Challenge TOO_LITTLE = new Challenge("insufficient_scope", null);

    private static final Challenge OVER = new Challenge("invalid_token", "the token has expired");

    /** A client has shown nothing. */
    static void nothingShown(RoutingContext routing) {
        routing.put(KEY, NOTHING_SHOWN);
    }

    /** A client has shown something bad. */
    static void badShown(RoutingContext routing, String description) {
        routing.put(KEY, new Challenge("invalid_token", description));
    }

    /**
     * A client has shown something good, which may be too little, or over.
     *
     * @param lack why it is too little for anything, or null if it has some rights
     */
    static void goodShown(RoutingContext routing, @Nullable String lack) {
        routing.put(KEY, lack == null ? TOO_LITTLE : new Challenge(TOO_LITTLE.error(), lack));
    }

    /** The value of the header for an answer with a status, or null if the answer has none. */
    public static @Nullable String of(RoutingContext routing, int status) {
        @Nullable Challenge left = routing.get(KEY);
        return switch (status) {
            case 401 -> left == null ? null : (left.isTooLittle() ? OVER : left).text();
            case 403 -> left != null && left.isTooLittle() ? left.text() : null;
            default -> null;
        };
    }

    private boolean isTooLittle() {
        return Objects.equals(error, TOO_LITTLE.error());
    }

    private String text() {
        return "Bearer realm=\"sluice\""
                + (error == null ? "" : ", error=\"" + error + '"')
                + (description == null
                        ? ""
                        : ", error_description=\"" + description.replaceAll("[^ !#-\\[\\]-~]", "'") + '"');
    }
}
