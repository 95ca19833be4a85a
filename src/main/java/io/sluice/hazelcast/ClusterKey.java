package io.sluice.hazelcast;

import io.sluice.log.InvalidOptionException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** What the nodes of a cluster derive from the secret that they share. Nothing of it can be read from it. Any thread. */
public final class ClusterKey {

    /** A secret has at least so many bytes. */
    public static final int MIN_BYTES = 32;

    private static final String ALGORITHM = "HmacSHA256";

    private final SecretKeySpec secret;

    private ClusterKey(byte[] secret) {
        this.secret = new SecretKeySpec(secret, ALGORITHM);
    }

    /**
     * The key of a secret.
     *
     * @throws InvalidOptionException if the secret is shorter than {@link #MIN_BYTES}
     */
    public static ClusterKey of(String secret) {
        byte[] bytes = secret.getBytes(StandardCharsets.UTF_8);
        InvalidOptionException.require(
                bytes.length >= MIN_BYTES, "secret", "***", "a text of " + MIN_BYTES + " bytes or more");
        return new ClusterKey(bytes);
    }

    /** The 32 bytes that only who has the secret can tell for a purpose and some messages, each of a length that is fixed. */
    byte[] sign(String purpose, byte[]... messages) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(secret);
            mac.update(purpose.getBytes(StandardCharsets.UTF_8));
            // No purpose is the beginning of another one and its messages.
            mac.update((byte) 0);
            for (byte[] message : messages) {
                mac.update(message);
            }
            return mac.doFinal();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public String toString() {
        return "***";
    }
}
