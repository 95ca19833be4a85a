package io.sluice.hazelcast;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What goes over a new connection between two members before Hazelcast sees it. */
@Timeout(20)
class SecretHandshakeTest {

    private static final ClusterKey KEY = ClusterKey.of("a secret of more than 32 bytes, which all nodes have");
    private static final ClusterKey OTHER = ClusterKey.of("a secret of more than 32 bytes, which nobody else has");
    private static final int NONCE = 32;

    private final SecretHandshake member = new SecretHandshake(KEY, "sluice");

    // Set before each test.
    @SuppressWarnings("NullAway")
    private SocketChannel connecting;

    @SuppressWarnings("NullAway")
    private SocketChannel accepting;

    @BeforeEach
    void connect() throws IOException {
        try (ServerSocketChannel server =
                ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
            connecting = SocketChannel.open(server.getLocalAddress());
            accepting = server.accept();
        }
    }

    @AfterEach
    void disconnect() throws IOException {
        connecting.close();
        accepting.close();
    }

    @Test
    void whoHasTheSecretIsTakenAndTheConnectionIsAsItWas() throws Exception {
        CompletableFuture<Void> accepted = accept(member);
        new SecretHandshake(KEY, "sluice").onConnect(connecting.socket());
        accepted.get(5, TimeUnit.SECONDS);
        assertFalse(accepting.socket().isInputShutdown());
        assertEquals(0, accepting.socket().getSoTimeout());
        assertEquals(0, connecting.socket().getSoTimeout());
        connecting.write(ByteBuffer.wrap("HZC".getBytes(StandardCharsets.US_ASCII)));
        assertEquals("HZC", new String(accepting.socket().getInputStream().readNBytes(3), StandardCharsets.US_ASCII));
    }

    @Test
    void whoHasAnotherSecretIsTurnedAwayAndLearnsOfIt() throws Exception {
        CompletableFuture<Void> accepted = accept(member);
        SecretHandshake other = new SecretHandshake(OTHER, "sluice");
        assertThrows(IOException.class, () -> other.onConnect(connecting.socket()));
        accepted.get(5, TimeUnit.SECONDS);
        assertTrue(accepting.socket().isInputShutdown());
        assertEquals(Optional.of("127.0.0.1:" + connecting.socket().getPort()), other.differing());
        assertEquals(Optional.empty(), member.differing());
    }

    @Test
    void aClusterOfAnotherNameIsLeftAloneWithoutAWordAboutSecrets() throws Exception {
        CompletableFuture<Void> accepted = accept(member);
        SecretHandshake other = new SecretHandshake(OTHER, "another");
        assertThrows(IOException.class, () -> other.onConnect(connecting.socket()));
        accepted.get(5, TimeUnit.SECONDS);
        assertTrue(accepting.socket().isInputShutdown());
        assertEquals(Optional.empty(), other.differing());
    }

    /** A node without a secret, a scan, and somebody who has read this class. */
    @ParameterizedTest
    @ValueSource(strings = {"HZC", "HZC and a handshake", "GET / HTTP/1.1\r\n\r\n"})
    void aStrangerIsTurnedAwayAtOnceAndReadNoByteOf(String hello) throws Exception {
        CompletableFuture<Void> accepted = accept(member);
        connecting.write(ByteBuffer.wrap(hello.getBytes(StandardCharsets.US_ASCII)));
        accepted.get(2, TimeUnit.SECONDS);
        assertTrue(accepting.socket().isInputShutdown());
        assertEquals(-1, accepting.read(ByteBuffer.allocate(1)), "what came is not for Hazelcast");
        assertEquals(0, connecting.socket().getInputStream().readAllBytes().length);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 2, 3, 66, 67, 98})
    void whoLeavesInTheMiddleIsTurnedAwayToo(int length) throws Exception {
        CompletableFuture<Void> accepted = accept(member);
        ByteBuffer hello = ByteBuffer.allocate(200)
                .put("SL1".getBytes(StandardCharsets.US_ASCII))
                .put(new byte[NONCE])
                .put(digestOf("sluice"));
        connecting.write(hello.position(0).limit(length));
        connecting.shutdownOutput();
        accepted.get(2, TimeUnit.SECONDS);
        assertTrue(accepting.socket().isInputShutdown());
    }

    /** What the accepting side proves is of no use to connect with. */
    @Test
    void aProofOfTheOtherSideOpensNothing() throws Exception {
        CompletableFuture<Void> accepted = accept(member);
        InputStream in = connecting.socket().getInputStream();
        byte[] name = digestOf("sluice");
        byte[] mine = new byte[NONCE];
        write("SL1".getBytes(StandardCharsets.US_ASCII), mine, name);
        assertEquals(0, in.read());
        byte[] theirs = in.readNBytes(NONCE);
        write(KEY.sign("sluice cluster 1: the member that accepts", mine, theirs, name));
        assertEquals(2, in.read());
        accepted.get(5, TimeUnit.SECONDS);
        assertTrue(accepting.socket().isInputShutdown());
    }

    @Test
    void anImpostorThatListensIsFoundOut() throws Exception {
        CompletableFuture<byte[]> impostor = CompletableFuture.supplyAsync(() -> {
            try {
                InputStream in = accepting.socket().getInputStream();
                in.readNBytes(3 + 2 * NONCE);
                accepting.write(ByteBuffer.wrap(new byte[1 + NONCE]));
                byte[] proof = in.readNBytes(NONCE);
                accepting.write(ByteBuffer.wrap(new byte[1]));
                accepting.write(ByteBuffer.wrap(proof));
                return proof;
            } catch (IOException e) {
                throw new CompletionException(e);
            }
        });
        assertThrows(IOException.class, () -> member.onConnect(connecting.socket()));
        assertEquals(NONCE, impostor.get(5, TimeUnit.SECONDS).length);
    }

    @Test
    void whoAnswersWithSomethingElseIsNoMember() throws Exception {
        accepting.write(ByteBuffer.wrap("HZX".getBytes(StandardCharsets.US_ASCII)));
        assertThrows(IOException.class, () -> member.onConnect(connecting.socket()));
        assertEquals(Optional.empty(), member.differing());
    }

    @Test
    void aSecretIsLongAndNobodySeesIt() {
        assertEquals("***", KEY.toString());
        assertEquals(
                "secret: ***: expected a text of 32 bytes or more",
                assertThrows(IllegalArgumentException.class, () -> ClusterKey.of("x".repeat(31)))
                        .getMessage());
        assertEquals("***", ClusterKey.of("ä".repeat(16)).toString());
    }

    private CompletableFuture<Void> accept(SecretHandshake handshake) {
        return CompletableFuture.runAsync(() -> {
            try {
                handshake.onAccept(accepting.socket());
            } catch (IOException e) {
                throw new CompletionException(e);
            }
        });
    }

    private void write(byte[]... parts) throws IOException {
        for (byte[] part : parts) {
            connecting.write(ByteBuffer.wrap(part));
        }
    }

    private static byte[] digestOf(String name) throws Exception {
        return Arrays.copyOf(
                java.security.MessageDigest.getInstance("SHA-256").digest(name.getBytes(StandardCharsets.UTF_8)),
                NONCE);
    }
}
