package io.sluice.auth;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.cert.CertificateFactory;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the public key of a PEM text, RFC 7468: {@code PUBLIC KEY}, or the one of a {@code CERTIFICATE}. */
final class PemKey {

    private static final Pattern BLOCK = Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----([^-]*)-----END \\1-----");

    private PemKey() {}

    /** @throws IllegalArgumentException that says what the text is, and shows nothing of it: it may be a private key by mistake */
    static PublicKey parse(String pem) {
        Matcher block = BLOCK.matcher(pem);
        if (!block.find()) {
            throw new IllegalArgumentException("no PEM text");
        }
        byte[] bytes = decoded(block.group(2));
        try {
            return switch (block.group(1)) {
                case "PUBLIC KEY" -> publicKey(bytes);
                case "CERTIFICATE" ->
                    CertificateFactory.getInstance("X.509")
                            .generateCertificate(new ByteArrayInputStream(bytes))
                            .getPublicKey();
                default -> throw new IllegalArgumentException("a PEM text of a " + block.group(1));
            };
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("a PEM text of a key that cannot be read", e);
        }
    }

    private static byte[] decoded(String base64) {
        try {
            return Base64.getMimeDecoder().decode(base64.getBytes(StandardCharsets.ISO_8859_1));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("a PEM text that is not base64 inside", e);
        }
    }

    /** The kind of a key stands in it, but the JDK wants to hear it. */
    private static PublicKey publicKey(byte[] encoded) throws GeneralSecurityException {
        try {
            return KeyFactory.getInstance("RSA").generatePublic(new X509EncodedKeySpec(encoded));
        } catch (GeneralSecurityException e) {
            return KeyFactory.getInstance("EC").generatePublic(new X509EncodedKeySpec(encoded));
        }
    }
}
