package io.sluice.auth;

import io.vertx.ext.web.RoutingContext;
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

    static void leave(RoutingContext routing, @Nullable String error, @Nullable String description) {
        routing.put(KEY, new Challenge(error, description));
    }

    /** The value of the header for an answer with a status, or null if the answer has none. */
    public static @Nullable String of(RoutingContext routing, int status) {
        @Nullable Challenge challenge = routing.get(KEY);
        boolean fits = challenge != null
                && (status == 401 || (status == 403 && "insufficient_scope".equals(challenge.error())));
        return fits ? challenge.text() : null;
    }

    private String text() {
        return "Bearer realm=\"sluice\""
                + (error == null ? "" : ", error=\"" + error + '"')
                + (description == null
                        ? ""
                        : ", error_description=\"" + description.replaceAll("[^ !#-\\[\\]-~]", "'") + '"');
    }
}
