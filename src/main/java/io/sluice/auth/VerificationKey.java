package io.sluice.auth;

import io.vertx.core.json.JsonObject;
import java.math.BigInteger;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPublicKeySpec;
import java.security.spec.RSAPublicKeySpec;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A key that checks signatures. It is written anew as a JSON Web Key, so that what else an issuer says about it (private parts,
 * certificates, {@code use}) goes no further.
 *
 * @param jwk without {@code alg}
 * @param algorithms that it is for
 */
record VerificationKey(JsonObject jwk, Set<SignatureAlgorithm> algorithms) {

    /** RFC 7518 3.3, and what takes no time that anybody would see. */
    private static final int MIN_RSA_BITS = 2048;

    private static final int MAX_RSA_BITS = 8192;

    /** The names of the curves that RFC 7518 3.4 has algorithms for, as the JDK calls them, and as a JSON Web Key does. */
    private static final Map<String, String> CURVES =
            Map.of("secp256r1", "P-256", "secp384r1", "P-384", "secp521r1", "P-521");

    private static final Map<String, SignatureAlgorithm> CURVE_ALGORITHMS = Map.of(
            "P-256", SignatureAlgorithm.ES256, "P-384", SignatureAlgorithm.ES384, "P-521", SignatureAlgorithm.ES512);

    private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();

    /** @throws IllegalArgumentException that says what the secret is, and shows nothing of it */
    static VerificationKey of(byte[] secret) {
        if (secret.length < Secret.MIN_BYTES) {
            throw new IllegalArgumentException(secret.length + " bytes");
        }
        JsonObject jwk = new JsonObject().put("kty", "oct").put("k", ENCODER.encodeToString(secret));
        return new VerificationKey(jwk, SignatureAlgorithm.SECRET);
    }

    /** @throws IllegalArgumentException that says what the key is, if it is not one for RS, PS or ES */
    static VerificationKey of(PublicKey key) {
        if (key instanceof RSAPublicKey rsa) {
            return rsa(rsa);
        }
        if (key instanceof ECPublicKey ec) {
            return elliptic(ec);
        }
        throw new IllegalArgumentException("a key for " + key.getAlgorithm());
    }

    private static VerificationKey rsa(RSAPublicKey key) {
        int bits = key.getModulus().bitLength();
        if (bits < MIN_RSA_BITS || bits > MAX_RSA_BITS) {
            throw new IllegalArgumentException("an RSA key of " + bits + " bits");
        }
        JsonObject jwk = new JsonObject()
                .put("kty", "RSA")
                .put("n", encoded(key.getModulus(), 0))
                .put("e", encoded(key.getPublicExponent(), 0));
        return new VerificationKey(jwk, SignatureAlgorithm.RSA);
    }

    private static VerificationKey elliptic(ECPublicKey key) {
        @Nullable String curve = curve(key.getParams());
        if (curve == null) {
            throw new IllegalArgumentException("a key of a curve that is none of P-256, P-384, P-521");
        }
        int bytes = (key.getParams().getCurve().getField().getFieldSize() + 7) / 8;
        JsonObject jwk = new JsonObject()
                .put("kty", "EC")
                .put("crv", curve)
                .put("x", encoded(key.getW().getAffineX(), bytes))
                .put("y", encoded(key.getW().getAffineY(), bytes));
        return new VerificationKey(jwk, Set.of(algorithm(curve)));
    }

    private static @Nullable String curve(ECParameterSpec parameters) {
        return CURVES.entrySet().stream()
                .filter(known -> isOn(known.getKey(), parameters))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse(null);
    }

    private static boolean isOn(String curve, ECParameterSpec parameters) {
        try {
            ECParameterSpec known = parameters(curve);
            return known.getCurve().equals(parameters.getCurve())
                    && known.getGenerator().equals(parameters.getGenerator());
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    private static ECParameterSpec parameters(String curve) throws GeneralSecurityException {
        AlgorithmParameters parameters = AlgorithmParameters.getInstance("EC");
        parameters.init(new ECGenParameterSpec(curve));
        return parameters.getParameterSpec(ECParameterSpec.class);
    }

    private static SignatureAlgorithm algorithm(String curve) {
        return Optional.ofNullable(CURVE_ALGORITHMS.get(curve)).orElseThrow();
    }

    /** Without a sign; filled up to a length, RFC 7518 6.2.1.2. */
    private static String encoded(BigInteger number, int bytes) {
        byte[] signed = number.toByteArray();
        int sign = signed.length > 1 && signed[0] == 0 ? 1 : 0;
        byte[] unsigned = new byte[Math.max(signed.length - sign, bytes)];
        System.arraycopy(signed, sign, unsigned, unsigned.length - signed.length + sign, signed.length - sign);
        return ENCODER.encodeToString(unsigned);
    }

    /**
     * The key of a JSON Web Key, RFC 7517 4. One without {@code alg} is for all algorithms that fit it.
     *
     * @return empty if it does not check signatures of tokens: a secret in a set that anybody can read, a key to encrypt with, one of
     *     another kind, a broken one. RFC 7517 5 asks to ignore those
     */
    static Optional<VerificationKey> of(JsonObject jwk) {
        try {
            boolean signs = "sig".equals(jwk.getString("use", "sig"))
                    && (!jwk.containsKey("key_ops")
                            || jwk.getJsonArray("key_ops").contains("verify"));
            return signs ? Optional.of(named(jwk)) : Optional.empty();
        } catch (RuntimeException | GeneralSecurityException e) {
            return Optional.empty();
        }
    }

    private static VerificationKey named(JsonObject jwk) throws GeneralSecurityException {
        VerificationKey key = of(publicKey(jwk));
        @Nullable String kid = jwk.getString("kid");
        @Nullable String alg = jwk.getString("alg");
        if (kid != null) {
            key.jwk.put("kid", kid);
        }
        return alg == null ? key : key.only(SignatureAlgorithm.valueOf(alg));
    }

    /** @throws IllegalArgumentException if the key does not fit the algorithm */
    private VerificationKey only(SignatureAlgorithm algorithm) {
        if (!algorithms.contains(algorithm)) {
            throw new IllegalArgumentException(algorithm + " with a key for " + SignatureAlgorithm.names(algorithms));
        }
        return new VerificationKey(jwk, Set.of(algorithm));
    }

    private static PublicKey publicKey(JsonObject jwk) throws GeneralSecurityException {
        return switch (jwk.getString("kty")) {
            case "RSA" ->
                KeyFactory.getInstance("RSA").generatePublic(new RSAPublicKeySpec(number(jwk, "n"), number(jwk, "e")));
            case "EC" ->
                KeyFactory.getInstance("EC")
                        .generatePublic(new ECPublicKeySpec(
                                new ECPoint(number(jwk, "x"), number(jwk, "y")), parameters(curveNamed(jwk))));
            default -> throw new IllegalArgumentException("another kind of key");
        };
    }

    private static String curveNamed(JsonObject jwk) {
        String name = jwk.getString("crv");
        return CURVES.entrySet().stream()
                .filter(known -> known.getValue().equals(name))
                .map(Map.Entry::getKey)
                .findFirst()
                .orElseThrow();
    }

    private static BigInteger number(JsonObject jwk, String name) {
        return new BigInteger(1, Base64.getUrlDecoder().decode(jwk.getString(name)));
    }
}
