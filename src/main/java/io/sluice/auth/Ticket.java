package io.sluice.auth;

import io.sluice.stream.TopicFilter;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.auth.User;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * What a ticket says. Its bytes, without the signature:
 *
 * <pre>
 *    version (1)  made (8)  end (8)  stream (2 + n)  subject (2 + n)  topic (2 + n) ...
 * </pre>
 *
 * <p>Times are milliseconds since 1970, texts are as {@link DataOutputStream#writeUTF} has them, and no topic stands for all.
 *
 * @param stream the full name
 * @param topics what its holder may see of the stream
 * @param made when it was made
 * @param end when it can no longer be used at all
 * @param subject of the token that it was made for; empty if that has none
 */
record Ticket(String stream, TopicFilter topics, Instant made, Instant end, String subject) {

    /** For how long it opens a stream for a client that has seen no event of it. */
    static final Duration FRESH = Duration.ofSeconds(30);

    /** How far the clocks of two nodes may be apart. */
    private static final Duration SKEW = Duration.ofSeconds(5);

    private static final int VERSION = 1;

    /** @throws IOException if a text is too long for any ticket */
    byte[] encode() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeByte(VERSION);
        out.writeLong(made.toEpochMilli());
        out.writeLong(end.toEpochMilli());
        out.writeUTF(stream);
        out.writeUTF(subject);
        for (String topic : topics.patterns()) {
            out.writeUTF(topic);
        }
        return bytes.toByteArray();
    }

    /** Reads what {@link #encode} wrote; fails with {@link IOException} or {@link RuntimeException} if the bytes are anything else. */
    static Ticket decode(byte[] bytes) throws IOException {
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
        int version = in.readUnsignedByte();
        if (version != VERSION) {
            throw new IOException("version " + version + ": expected " + VERSION);
        }
        Instant made = Instant.ofEpochMilli(in.readLong());
        Instant end = Instant.ofEpochMilli(in.readLong());
        String stream = in.readUTF();
        String subject = in.readUTF();
        List<String> topics = new ArrayList<>();
        while (in.available() > 0) {
            topics.add(in.readUTF());
        }
        return new Ticket(stream, TopicFilter.of(topics), made, end, subject);
    }

    /**
     * Requires that the ticket opens a stream. One that has ended a short while ago does: its client is told so.
     *
     * @param returns whether the client has seen an event of the stream
     * @throws BadCredentialException if it does not
     */
    void requireUsable(Instant now, boolean returns) {
        if (now.isBefore(made.minus(SKEW))) {
            throw new BadCredentialException("the ticket is of the future: expected nodes whose clocks agree");
        }
        if (!now.isBefore(end.plus(Rights.GRACE))) {
            throw new BadCredentialException("the ticket has expired");
        }
        if (!returns && !now.isBefore(made.plus(FRESH))) {
            throw new BadCredentialException("the ticket was made more than " + FRESH.toSeconds()
                    + " s ago: expected the id of an event with it, or a new one");
        }
    }

    Identity identity() {
        JsonObject principal = subject.isEmpty() ? new JsonObject() : new JsonObject().put("sub", subject);
        return new Identity(User.create(principal), Rights.reading(stream, topics, end));
    }
}
