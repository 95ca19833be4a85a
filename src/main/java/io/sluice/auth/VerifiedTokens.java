package io.sluice.auth;

import io.vertx.core.json.JsonObject;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Tokens whose signatures were checked a while ago, those that come most often: a publisher sends one with each event, and the signature
 * of an elliptic curve takes a millisecond. Any thread.
 */
final class VerifiedTokens {

    /** Of all tokens together. What is kept of one takes some times as much. */
    private static final int MAX_CHARS = 2 << 20;

    /**
     * What a signature told.
     *
     * @param keys that checked it
     */
    record Verified(KeySet keys, JsonObject claims, Identity identity) {}

    // In the order of use; guarded by this, like the sum.
    private final Map<String, Verified> tokens = new LinkedHashMap<>(16, 0.75f, true);
    private int chars;

    /** What the signature told, if these keys checked it. Whether the token is over is another question. */
    synchronized @Nullable Verified get(String token, KeySet keys) {
        @Nullable Verified known = tokens.get(token);
        return known == null || known.keys != keys ? null : known;
    }

    synchronized void put(String token, Verified verified) {
        if (tokens.put(token, verified) == null) {
            chars += token.length();
        }
        Iterator<String> oldest = tokens.keySet().iterator();
        while (chars > MAX_CHARS) {
            chars -= oldest.next().length();
            oldest.remove();
        }
    }

    synchronized int size() {
        return tokens.size();
    }
}
