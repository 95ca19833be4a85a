package io.sluice.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Tickets as a node would have made them at another time, by the JDK alone. */
public final class TicketText {

    private TicketText() {}

    /**
     * The text of a ticket.
     *
     * @param topics none for all
     */
    public static String made(
            String secret, Instant made, Instant end, String stream, String subject, String... topics) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeByte(1);
            out.writeLong(made.toEpochMilli());
            out.writeLong(end.toEpochMilli());
            out.writeUTF(stream);
            out.writeUTF(subject);
            for (String topic : topics) {
                out.writeUTF(topic);
            }
            out.write(mac(mac(secret.getBytes(UTF_8), "sluice ticket 1".getBytes(UTF_8)), bytes.toByteArray()));
        } catch (IOException e) {
            throw new IllegalArgumentException(e);
        }
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes.toByteArray());
    }

    private static byte[] mac(byte[] key, byte[] bytes) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(bytes);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
