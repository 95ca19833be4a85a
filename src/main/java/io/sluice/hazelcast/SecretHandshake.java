package io.sluice.hazelcast;

import com.hazelcast.nio.MemberSocketInterceptor;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Two members prove to each other that they have the cluster's secret, on each new connection, before Hazelcast reads a byte of it.
 *
 * <pre>
 *     connects                                            accepts
 *       "SL1", nonce, digest of the cluster's name  --&gt;
 *                                                    &lt;--   0, nonce     or 1: it is of another cluster
 *       proof of both nonces                         --&gt;
 *                                                    &lt;--   0, proof     or 2: the secret is another one
 * </pre>
 *
 * <p>Who connects proves it first, so that a stranger gets nothing to guess the secret with. What follows on the connection is
 * not encrypted. On threads of Hazelcast, which it blocks for the time of a handshake.
 */
final class SecretHandshake implements MemberSocketInterceptor {

    /** Hazelcast's own begins with {@code HZC}, and says no more until it has been answered: this one is as long. */
    private static final byte[] HELLO = "SL1".getBytes(StandardCharsets.US_ASCII);

    private static final int LENGTH = 32;
    private static final int ACCEPTED = 0;
    private static final int OTHER_CLUSTER = 1;
    private static final int OTHER_SECRET = 2;

    /** A busy machine takes its time, and whoever gives up too early is the first of a cluster of its own. */
    private static final Duration CONNECTING = Duration.ofSeconds(10);

    private static final Duration ACCEPTING = Duration.ofSeconds(5);

    /** Bounds what strangers can have a node remember and say. */
    private static final int TOLD = 100;

    private static final Logger LOG = LoggerFactory.getLogger(SecretHandshake.class);

    private final ClusterKey key;
    private final String cluster;
    private final byte[] name;
    private final SecureRandom random = new SecureRandom();
    private final Set<String> told = ConcurrentHashMap.newKeySet();
    private volatile @Nullable String differing;

    SecretHandshake(ClusterKey key, String cluster) {
        this.key = key;
        this.cluster = cluster;
        this.name = digest(cluster);
    }

    @Override
    public void init(Properties properties) {
        // There are none.
    }

    /** A member of the same name that has said that its secret is another one. */
    Optional<String> differing() {
        return Optional.ofNullable(differing);
    }

    // ---- the side that connects

    @Override
    public void onConnect(Socket socket) throws IOException {
        String there = address(socket);
        Wire wire = new Wire(socket, CONNECTING);
        byte[] mine = nonce();
        wire.write(HELLO, mine, name);
        try {
            // Another cluster on the same ports, and a member that is just ending, are nothing to speak of.
            wire.requireAccepted();
        } catch (StrangeAnswerException e) {
            warnOnce(
                    "whoever listens at {} does not answer as a node with cluster.secret, and is none of the cluster",
                    there);
            throw e;
        }
        byte[] theirs = wire.read(LENGTH);
        wire.write(proof("connects", mine, theirs));
        try {
            wire.requireAccepted();
        } catch (RefusedException e) {
            differing = there;
            throw e;
        }
        if (!MessageDigest.isEqual(proof("accepts", mine, theirs), wire.read(LENGTH))) {
            warnOnce("whoever listens at {} has another cluster.secret, and is none of the cluster", there);
            throw new IOException("another secret at " + there);
        }
        wire.close();
    }

    // ---- the side that accepts

    /**
     * Who is turned away is shut out of both directions rather than closed: so Hazelcast reads the end of a connection, and forgets
     * it. One that failed here it would keep for ever.
     */
    @Override
    public void onAccept(Socket socket) throws IOException {
        if (!isAccepted(socket)) {
            socket.shutdownInput();
            socket.shutdownOutput();
        }
    }

    private boolean isAccepted(Socket socket) throws IOException {
        String there = host(socket);
        Wire wire = new Wire(socket, ACCEPTING);
        try {
            byte[] hello = wire.read(HELLO.length);
            if (!Arrays.equals(HELLO, hello)) {
                warnOnce(
                        "a connection from {} to the cluster's port was closed: it came without cluster.secret", there);
                return false;
            }
            byte[] theirs = wire.read(LENGTH);
            if (!MessageDigest.isEqual(name, wire.read(LENGTH))) {
                wire.write(new byte[] {OTHER_CLUSTER});
                return false;
            }
            byte[] mine = nonce();
            wire.write(new byte[] {ACCEPTED}, mine);
            if (!MessageDigest.isEqual(proof("connects", theirs, mine), wire.read(LENGTH))) {
                wire.write(new byte[] {OTHER_SECRET});
                warnOnce(
                        "a node at {} that wants to join \"{}\" has another cluster.secret, and was turned away",
                        there,
                        cluster);
                return false;
            }
            wire.write(new byte[] {ACCEPTED}, proof("accepts", theirs, mine));
            wire.close();
            return true;
        } catch (IOException e) {
            LOG.debug("a connection from {} to the cluster's port came to nothing", there, e);
            return false;
        }
    }

    // ---- helpers

    private byte[] proof(String side, byte[] connecting, byte[] accepting) {
        return key.sign("sluice cluster 1: the member that " + side, connecting, accepting, name);
    }

    private byte[] nonce() {
        byte[] nonce = new byte[LENGTH];
        random.nextBytes(nonce);
        return nonce;
    }

    private static byte[] digest(String name) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(name.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** @param values the first one is an address */
    private void warnOnce(String line, Object... values) {
        if (told.size() < TOLD && told.add(line + values[0])) {
            LOG.warn(line, values);
        }
    }

    private static String host(Socket socket) {
        InetAddress address = socket.getInetAddress();
        return address == null ? "nowhere" : address.getHostAddress();
    }

    private static String address(Socket socket) {
        return socket.getRemoteSocketAddress() instanceof InetSocketAddress address
                ? address.getAddress().getHostAddress() + ":" + address.getPort()
                : "nowhere";
    }

    /** The other side has said no. */
    private static final class RefusedException extends IOException {

        private static final long serialVersionUID = 1;

        RefusedException(int answer) {
            super(answer == OTHER_CLUSTER ? "a member of another cluster" : "another secret");
        }
    }

    /** The other side speaks another language: that of Hazelcast without a secret, for one. */
    private static final class StrangeAnswerException extends IOException {

        private static final long serialVersionUID = 1;

        StrangeAnswerException() {
            super("an answer that is none");
        }
    }

    /** A socket for the time of a handshake. */
    private static final class Wire {

        private final Socket socket;
        private final InputStream in;
        private final OutputStream out;
        private final long deadline;

        Wire(Socket socket, Duration patience) throws IOException {
            this.socket = socket;
            this.in = socket.getInputStream();
            this.out = socket.getOutputStream();
            this.deadline = System.nanoTime() + patience.toNanos();
        }

        void requireAccepted() throws IOException {
            int answer = read(1)[0];
            if (answer == OTHER_CLUSTER || answer == OTHER_SECRET) {
                throw new RefusedException(answer);
            } else if (answer != ACCEPTED) {
                throw new StrangeAnswerException();
            }
        }

        byte[] read(int length) throws IOException {
            byte[] bytes = new byte[length];
            for (int at = 0; at < length; ) {
                long millis = Duration.ofNanos(deadline - System.nanoTime()).toMillis();
                if (millis <= 0) {
                    throw new SocketTimeoutException("the handshake took too long");
                }
                socket.setSoTimeout((int) millis);
                int count = in.read(bytes, at, length - at);
                if (count < 0) {
                    throw new EOFException("the connection was closed");
                }
                at += count;
            }
            return bytes;
        }

        /** In one packet. */
        void write(byte[]... parts) throws IOException {
            int length = Arrays.stream(parts).mapToInt(part -> part.length).sum();
            byte[] all = new byte[length];
            int at = 0;
            for (byte[] part : parts) {
                System.arraycopy(part, 0, all, at, part.length);
                at += part.length;
            }
            out.write(all);
            out.flush();
        }

        /** Leaves the socket as it was found. */
        void close() throws IOException {
            socket.setSoTimeout(0);
        }
    }
}
