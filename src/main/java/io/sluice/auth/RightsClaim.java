package io.sluice.auth;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Reads the claim with the rights: {@code {"read": ["events", "chat/{sub}"], "write": ["chat/{sub}"], "admin": false}}.
 *
 * <p>What is missing, or of another shape, gives nothing, and the rest counts: a token of an issuer that knows nothing of streams is a
 * good token without rights.
 */
final class RightsClaim {

    /** Of each list; those behind give nothing. More than fit into a token, unless they are very short. */
    private static final int MAX_RIGHTS = 1000;

    private RightsClaim() {}

    /** The rights of a token, without an end. */
    static Rights of(JsonObject claims, String name) {
        if (!(claims.getValue(name) instanceof JsonObject claim)) {
            return Rights.of(List.of(), List.of());
        }
        UnaryOperator<@Nullable String> texts = wanted -> claims.getValue(wanted) instanceof String text ? text : null;
        return new Rights(
                rights(claim.getValue("read"), texts),
                rights(claim.getValue("write"), texts),
                Boolean.TRUE.equals(claim.getValue("admin")),
                null);
    }

    /** Why the claims of a token give nothing, for its developer; null if they are of the shape. */
    static @Nullable String lack(JsonObject claims, String name) {
        boolean fits = claims.getValue(name) instanceof JsonObject claim
                && (claim.getValue("read") instanceof JsonArray
                        || claim.getValue("write") instanceof JsonArray
                        || claim.containsKey("admin"));
        return fits ? null : "the token has no claim " + name + " with a list read or write";
    }

    private static List<Right> rights(@Nullable Object list, UnaryOperator<@Nullable String> claims) {
        List<Right> rights = new ArrayList<>();
        if (list instanceof JsonArray texts) {
            for (int i = 0; i < texts.size() && i < MAX_RIGHTS; i++) {
                if (texts.getValue(i) instanceof String text) {
                    parse(text, claims, rights);
                }
            }
        }
        return List.copyOf(rights);
    }

    private static void parse(String text, UnaryOperator<@Nullable String> claims, List<Right> rights) {
        try {
            rights.add(Right.parse(text, claims));
        } catch (IllegalArgumentException e) {
            // It gives nothing, and whoever has the token cannot help it.
        }
    }
}
