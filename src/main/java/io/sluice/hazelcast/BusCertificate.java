package io.sluice.hazelcast;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.KeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.core.net.PfxOptions;
import io.vertx.core.net.TrustOptions;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.interfaces.EdECPrivateKey;
import java.security.spec.NamedParameterSpec;
import java.util.Arrays;
import java.util.Base64;

/**
 * The certificate and the key by which the nodes that share a secret know each other on the event bus. All have the same, and
 * trust no other: who has the key has the secret.
 *
 * <p>Vert.x hands the options of its event bus on as JSON, which has files of keys and no trust of another kind: hence a certificate. It
 * reads a key of this kind from PKCS #12 only.
 *
 * @param key with its certificate, X.509 (RFC 5280), which it has signed itself
 * @param trusted this certificate
 */
record BusCertificate(KeyCertOptions key, TrustOptions trusted) {

    private static final String ALGORITHM = "Ed25519";
    private static final String PASSWORD = "sluice";

    private static final int SEQUENCE = 0x30;
    private static final int SET = 0x31;
    private static final int VERSION = 0xA0;
    private static final int INTEGER = 0x02;
    private static final int BITS = 0x03;
    private static final int OID = 0x06;
    private static final int TEXT = 0x0C;
    private static final int YEAR_OF_TWO_DIGITS = 0x17;
    private static final int YEAR_OF_FOUR_DIGITS = 0x18;

    /** 1.3.101.112. */
    private static final byte[] ED25519 = der(SEQUENCE, der(OID, new byte[] {0x2B, 0x65, 0x70}));

    /** 2.5.4.3. */
    private static final byte[] COMMON_NAME = der(OID, new byte[] {0x55, 0x04, 0x03});

    static BusCertificate of(ClusterKey key) {
        try {
            KeyPair pair = pair(key.sign("sluice cluster 1: the key of the event bus"));
            byte[] content = content(pair.getPublic().getEncoded());
            Signature signature = Signature.getInstance(ALGORITHM);
            signature.initSign(pair.getPrivate());
            signature.update(content);
            byte[] certificate = der(SEQUENCE, content, ED25519, der(BITS, new byte[] {0}, signature.sign()));
            return of(pair.getPrivate(), certificate);
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static BusCertificate of(PrivateKey key, byte[] encoded) throws GeneralSecurityException, IOException {
        Certificate certificate =
                CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(encoded));
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        // Without a password Vert.x reads no key. It stays in memory.
        store.setKeyEntry("node", key, PASSWORD.toCharArray(), new Certificate[] {certificate});
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        store.store(out, PASSWORD.toCharArray());
        return new BusCertificate(
                new PfxOptions().setValue(Buffer.buffer(out.toByteArray())).setPassword(PASSWORD),
                new PemTrustOptions().addCertValue(pem(encoded)));
    }

    /** A private key of Ed25519 is any 32 bytes (RFC 8032, section 5.1.5), and the generator draws no more than these. */
    private static KeyPair pair(byte[] seed) throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance(ALGORITHM);
        generator.initialize(NamedParameterSpec.ED25519, new SecureRandom() {

            private static final long serialVersionUID = 1;

            @Override
            public void nextBytes(byte[] bytes) {
                System.arraycopy(seed, 0, bytes, 0, bytes.length);
            }
        });
        KeyPair pair = generator.generateKeyPair();
        if (!Arrays.equals(seed, ((EdECPrivateKey) pair.getPrivate()).getBytes().orElseThrow())) {
            throw new GeneralSecurityException("this JDK makes keys of " + ALGORITHM + " in another way");
        }
        return pair;
    }

    private static byte[] content(byte[] publicKey) {
        byte[] name = der(SEQUENCE, der(SET, der(SEQUENCE, COMMON_NAME, der(TEXT, ascii("sluice")))));
        byte[] validity = der(
                SEQUENCE,
                der(YEAR_OF_TWO_DIGITS, ascii("200101000000Z")),
                // For ever: RFC 5280, section 4.1.2.5.
                der(YEAR_OF_FOUR_DIGITS, ascii("99991231235959Z")));
        return der(
                SEQUENCE,
                der(VERSION, der(INTEGER, new byte[] {2})),
                der(INTEGER, new byte[] {1}),
                ED25519,
                name,
                validity,
                name,
                publicKey);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** A value in the encoding of X.690, up to 65,535 bytes. */
    private static byte[] der(int tag, byte[]... parts) {
        int length = Arrays.stream(parts).mapToInt(part -> part.length).sum();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(tag);
        if (length >= 0x100) {
            out.write(0x82);
            out.write(length >> 8);
        } else if (length >= 0x80) {
            out.write(0x81);
        }
        out.write(length);
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    private static Buffer pem(byte[] encoded) {
        String base64 = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(encoded);
        return Buffer.buffer("-----BEGIN CERTIFICATE-----\n" + base64 + "\n-----END CERTIFICATE-----\n");
    }

    /** Shows no key. */
    @Override
    public String toString() {
        return "BusCertificate";
    }
}
