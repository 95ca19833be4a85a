package io.sluice.auth;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A text that nobody is to see: no log, no error, no metric. */
public final class Secret {

    /** What signs has at least so many bytes: as many as a hash of 256 bits, RFC 7518 3.2. */
    public static final int MIN_BYTES = 32;

    private final String text;

    public Secret(String text) {
        this.text = text;
    }

    /** The text itself. */
    public String reveal() {
        return text;
    }

    /** The text in UTF-8. */
    public byte[] bytes() {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Secret secret && MessageDigest.isEqual(bytes(), secret.bytes());
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes());
    }

    @Override
    public String toString() {
        return "***";
    }
}
