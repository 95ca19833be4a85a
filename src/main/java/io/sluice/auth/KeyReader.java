package io.sluice.auth;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Reads sets of keys: RFC 7517, and where they are, OpenID Connect Discovery 1.0. Any thread; what takes time is off the event loop.
 *
 * <p>Why not {@code OAuth2Auth} and {@code OpenIDConnectAuth} of vertx-auth-oauth2 (5.0.10, 5.1.6), which read both: they hold an answer
 * of any size in memory; the issuer's {@code max-age} replaces {@code jwksAge}, each failure is a line of the log, and nothing says that
 * keys are back; a secret in a public set is a key to them, a key without {@code alg} is for RS256 or ES256 whatever its curve; and the
 * keys cannot be had from there for {@code JWTAuth}, while {@code OAuth2Auth.authenticate} takes what does not fit for an opaque token
 * that the issuer is asked about.
 */
final class KeyReader {

    private static final int MAX_KEYS = 100;
    private static final String DISCOVERY_PATH = "/.well-known/openid-configuration";

    private final Vertx vertx;
    private final IssuerClient client;
    private final Set<SignatureAlgorithm> taken;

    /** @param taken the algorithms that count */
    KeyReader(Vertx vertx, IssuerClient client, Set<SignatureAlgorithm> taken) {
        this.vertx = vertx;
        this.client = client;
        this.taken = taken;
    }

    /** The keys of a file; fails with {@link KeysAwayException} if it has none that is of use, as all of these do. */
    Future<KeySet> file(Path file) {
        return vertx.executeBlocking(() -> keys(read(file), null), false);
    }

    private static byte[] read(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(IssuerClient.MAX_BYTES + 1);
            if (bytes.length > IssuerClient.MAX_BYTES) {
                throw new KeysAwayException("more than 1 MB");
            }
            return bytes;
        } catch (IOException e) {
            throw new KeysAwayException("no file that can be read");
        }
    }

    /** The keys at a URL. */
    Future<KeySet> url(URI url) {
        return keys(url, null);
    }

    /**
     * The keys of an OpenID issuer.
     *
     * @param url of the issuer
     * @param name as the issuer names itself, where it is known by another URL than its own; null for the URL
     */
    Future<KeySet> discovered(URI url, @Nullable String name) {
        String issuer = withoutSlash(url.toString());
        return client.get(URI.create(issuer + DISCOVERY_PATH))
                .map(document -> object(document.getBytes()))
                .compose(document -> {
                    String itself = text(document, "issuer");
                    if (name == null ? !withoutSlash(itself).equals(issuer) : !itself.equals(name)) {
                        throw new KeysAwayException("it says that it is another issuer: expected \"issuer\": \""
                                + (name == null ? url : name) + '"');
                    }
                    return keys(keysUrl(text(document, "jwks_uri"), url), itself);
                });
    }

    private static String withoutSlash(String url) {
        return url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
    }

    private static String text(JsonObject document, String name) {
        if (document.getValue(name) instanceof String text) {
            return text;
        }
        throw new KeysAwayException("no text \"" + name + "\" in " + DISCOVERY_PATH);
    }

    /** An issuer that is asked over TLS cannot name keys without TLS. */
    private static URI keysUrl(String text, URI issuer) {
        try {
            URI url = new URI(text);
            if (IssuerUrl.isSafe(url) && (IssuerUrl.isLocal(issuer) || !IssuerUrl.isLocal(url))) {
                return url;
            }
        } catch (URISyntaxException e) {
            // The same answer.
        }
        throw new KeysAwayException("\"jwks_uri\" in " + DISCOVERY_PATH + ": expected " + IssuerUrl.EXPECTED);
    }

    private Future<KeySet> keys(URI url, @Nullable String issuer) {
        return client.get(url)
                .map(Buffer::getBytes)
                .compose(bytes -> vertx.executeBlocking(() -> keys(bytes, issuer), false));
    }

    private KeySet keys(byte[] bytes, @Nullable String issuer) {
        if (!(object(bytes).getValue("keys") instanceof JsonArray keys)) {
            throw new KeysAwayException("no list \"keys\": expected a JSON Web Key Set");
        }
        if (keys.size() > MAX_KEYS) {
            throw new KeysAwayException(keys.size() + " keys: expected " + MAX_KEYS + " or fewer");
        }
        List<VerificationKey> known = keys.stream().flatMap(KeyReader::key).toList();
        return KeySet.of(vertx, known, taken, issuer)
                .orElseThrow(() -> new KeysAwayException(
                        "no key that checks signatures: expected one for " + SignatureAlgorithm.names(taken)));
    }

    private static Stream<VerificationKey> key(Object jwk) {
        return jwk instanceof JsonObject object ? VerificationKey.of(object).stream() : Stream.empty();
    }

    private static JsonObject object(byte[] bytes) {
        try {
            return StrictJson.object(bytes);
        } catch (IllegalArgumentException e) {
            throw new KeysAwayException("no JSON object");
        }
    }
}
