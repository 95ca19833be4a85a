package io.sluice.auth;

import io.vertx.core.json.JsonObject;
import java.util.Base64;
import java.util.Locale;
import java.util.Set;

/**
 * A token as it comes, RFC 7515 7.1, before its signature is checked: nothing that it says is to be believed yet.
 *
 * @param text of the whole
 * @param claims the payload
 */
record SignedToken(String text, SignatureAlgorithm algorithm, JsonObject claims) {

    /** The header fields of a request have 8 kB as a rule. */
    private static final int MAX_LENGTH = 16 << 10;

    /** A token that is for something else has another type, RFC 8725 3.11; RFC 9068 has the second. */
    private static final Set<String> TYPES = Set.of("jwt", "at+jwt", "application/jwt", "application/at+jwt");

    private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();

    /** @throws BadCredentialException if it is no signed token */
    static SignedToken parse(String text) {
        if (text.length() > MAX_LENGTH) {
            throw new BadCredentialException("the token has more than 16 kB");
        }
        String[] parts = text.split("\\.", -1);
        if (parts.length != 3) {
            throw new BadCredentialException("the token is no JWT, which has three parts");
        }
        JsonObject header = object("header", parts[0]);
        SignatureAlgorithm algorithm = algorithm(header);
        requireKnown(header);
        JsonObject claims = object("payload", parts[1]);
        int length = bytes("signature", parts[2]).length;
        if (length == 0 || (algorithm.signatureBytes() > 0 && length != algorithm.signatureBytes())) {
            throw new BadCredentialException("the token's signature has another length than its alg asks for");
        }
        return new SignedToken(text, algorithm, claims);
    }

    private static SignatureAlgorithm algorithm(JsonObject header) {
        return header.getValue("alg") instanceof String name
                ? SignatureAlgorithm.of(name)
                        .orElseThrow(() -> new BadCredentialException("the token's alg is not accepted here"))
                : refused("the token has no alg");
    }

    private static void requireKnown(JsonObject header) {
        if (header.containsKey("crit")) {
            refused("the token's crit asks for an extension that is not known here");
        }
        if (header.containsKey("kid") && !(header.getValue("kid") instanceof String)) {
            refused("the token's kid is no text");
        }
        if (header.containsKey("typ")
                && !(header.getValue("typ") instanceof String type && TYPES.contains(type.toLowerCase(Locale.ROOT)))) {
            refused("the token's typ is neither JWT nor at+jwt");
        }
    }

    private static SignatureAlgorithm refused(String reason) {
        throw new BadCredentialException(reason);
    }

    private static JsonObject object(String part, String base64) {
        byte[] bytes = bytes(part, base64);
        try {
            return StrictJson.object(bytes);
        } catch (IllegalArgumentException e) {
            throw new BadCredentialException("the token's " + part + " is no JSON object with each name once");
        }
    }

    /** Takes the one way to write the bytes only (RFC 7515 2): without padding, and without bits behind the last byte. */
    private static byte[] bytes(String part, String base64) {
        try {
            byte[] bytes = Base64.getUrlDecoder().decode(base64);
            if (ENCODER.encodeToString(bytes).equals(base64)) {
                return bytes;
            }
        } catch (IllegalArgumentException e) {
            // The same answer.
        }
        throw new BadCredentialException("the token's " + part + " is not base64url");
    }
}
