package io.sluice.testing;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;

/** Tokens as an issuer makes them, and as no issuer would, by the JDK alone: the code under test has another library. */
public final class Tokens {

    /** Of 32 bytes. */
    public static final String SECRET = "0123456789abcdef0123456789abcdef";

    /** Of 2048 bits. */
    public static final KeyPair RSA = rsa(2048);

    private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();

    private Tokens() {}

    /** Claims of a user with rights, which end in ten minutes; add to them. */
    public static JsonObject claims(String user, List<String> read, List<String> write) {
        return new JsonObject()
                .put("sub", user)
                .put("exp", Instant.now().getEpochSecond() + 600)
                .put("sluice", new JsonObject().put("read", new JsonArray(read)).put("write", new JsonArray(write)));
    }

    /** A token that {@link #SECRET} signs. */
    public static String hs256(JsonObject claims) {
        return signed(new JsonObject().put("alg", "HS256").put("typ", "JWT"), claims, secretKey(SECRET));
    }

    /** A token that {@link #RSA} signs. */
    public static String rs256(JsonObject claims) {
        return signed(new JsonObject().put("alg", "RS256").put("typ", "JWT"), claims, RSA.getPrivate());
    }

    /** A token whose header says which algorithm signs it. */
    public static String signed(JsonObject header, JsonObject claims, Key key) {
        return signed(header.encode(), claims.encode(), key);
    }

    /** A token of two texts, which may be no JSON; the algorithm is looked up in the first one, be it what it may. */
    public static String signed(String header, String claims, Key key) {
        String signed = base64(header) + '.' + base64(claims);
        String algorithm = header.replaceFirst("(?s).*\"alg\" *: *\"(\\w+)\".*", "$1");
        return signed + '.' + BASE64.encodeToString(signature(algorithm, key, signed.getBytes(StandardCharsets.UTF_8)));
    }

    public static String base64(String text) {
        return BASE64.encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    public static SecretKey secretKey(String secret) {
        return new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256");
    }

    private static byte[] signature(String algorithm, Key key, byte[] signed) {
        try {
            if (key instanceof SecretKey) {
                Mac mac = Mac.getInstance("HmacSHA"
                        + algorithm.replaceFirst("HS(384|512)|.*", "$1").replaceFirst("^$", "256"));
                mac.init(key);
                return mac.doFinal(signed);
            }
            String hash = algorithm.substring(2);
            Signature signature = Signature.getInstance(
                    switch (algorithm.substring(0, 2)) {
                        case "PS" -> "RSASSA-PSS";
                        case "ES" -> "SHA" + hash + "withECDSAinP1363Format";
                        default -> "SHA" + hash + "withRSA";
                    });
            if (algorithm.startsWith("PS")) {
                signature.setParameter(new PSSParameterSpec(
                        "SHA-" + hash, "MGF1", new MGF1ParameterSpec("SHA-" + hash), Integer.parseInt(hash) / 8, 1));
            }
            signature.initSign((PrivateKey) key);
            signature.update(signed);
            return signature.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException(algorithm, e);
        }
    }

    public static KeyPair rsa(int bits) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(bits);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A pair of a curve, as the JDK names it: {@code secp256r1}. */
    public static KeyPair elliptic(String curve) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec(curve));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The text of a file such as {@code openssl rsa -pubout} makes it. */
    public static String pem(PublicKey key) {
        return pem("PUBLIC KEY", key);
    }

    /** A PEM text, whose first line says what the key is. */
    public static String pem(String what, Key key) {
        String base64 = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(key.getEncoded());
        return "-----BEGIN " + what + "-----\n" + base64 + "\n-----END " + what + "-----\n";
    }

    /** A JSON Web Key for RS256. */
    public static JsonObject jwk(String kid, RSAPublicKey key) {
        return new JsonObject()
                .put("kty", "RSA")
                .put("kid", kid)
                .put("alg", "RS256")
                .put("use", "sig")
                .put("n", unsigned(key.getModulus(), 0))
                .put("e", unsigned(key.getPublicExponent(), 0));
    }

    /** A JSON Web Key of the curve P-256, for ES256. */
    public static JsonObject jwk(String kid, ECPublicKey key) {
        return new JsonObject()
                .put("kty", "EC")
                .put("kid", kid)
                .put("alg", "ES256")
                .put("use", "sig")
                .put("crv", "P-256")
                .put("x", unsigned(key.getW().getAffineX(), 32))
                .put("y", unsigned(key.getW().getAffineY(), 32));
    }

    private static String unsigned(BigInteger number, int length) {
        String hex = number.toString(16);
        String filled = "0".repeat(Math.max(2 * length - hex.length(), hex.length() % 2)) + hex;
        return BASE64.encodeToString(HexFormat.of().parseHex(filled));
    }
}
