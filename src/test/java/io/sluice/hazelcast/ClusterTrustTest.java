package io.sluice.hazelcast;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.hazelcast.config.Config;
import com.hazelcast.core.HazelcastInstance;
import io.sluice.log.InvalidOptionException;
import io.sluice.testing.cluster.InJvmCluster;
import io.sluice.testing.process.FreePorts;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.EventBusOptions;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.NetSocket;
import io.vertx.core.spi.cluster.ClusterManager;
import io.vertx.core.spi.cluster.NodeInfo;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Two members that share a secret, and what others come to at their ports. */
@Timeout(60)
class ClusterTrustTest {

    private static final String NAME = "test-" + UUID.randomUUID();
    private static final ClusterKey KEY = ClusterKey.of("a secret of more than 32 bytes, which all nodes have");
    private static final ClusterKey OTHER = ClusterKey.of("a secret of more than 32 bytes, which nobody else has");
    private static final int PORT = FreePorts.inARow(4);
    private static final String MEMBERS = "127.0.0.1:" + PORT + ",127.0.0.1:" + (PORT + 3);

    // Set before all tests.
    @SuppressWarnings("NullAway")
    private static Vertx here;

    @SuppressWarnings("NullAway")
    private static Vertx there;

    private static final Vertx STRANGER = Vertx.vertx();

    private final Queue<String> heard = new ConcurrentLinkedQueue<>();

    @BeforeAll
    static void join() {
        here = member(KEY, new EventBusOptions());
        there = member(KEY, new EventBusOptions());
    }

    @AfterAll
    static void leave() {
        Future.join(here.close(), there.close(), STRANGER.close()).await();
    }

    private static Vertx member(ClusterKey key, EventBusOptions bus) {
        Config config = ClusterConfig.config(new ClusterOptions(null, MEMBERS, NAME, key))
                .setProperty("hazelcast.logging.type", "none")
                .setProperty("hazelcast.wait.seconds.before.join", "0");
        ClusterManager manager = ClusterConfig.manager(config, key, bus);
        return Vertx.builder()
                .with(new VertxOptions().setEventBusOptions(bus))
                .withClusterManager(manager)
                .buildClustered()
                .await();
    }

    @Test
    void membersWithTheSecretHearEachOther() {
        assertEquals(2, InJvmCluster.hazelcast(here).getCluster().getMembers().size());
        consume(here, "both");
        assertEquals(
                "heard",
                there.eventBus().<String>request("both", "hello").await().body());
        HazelcastCluster cluster = HazelcastCluster.of(here).orElseThrow();
        cluster.require(NAME, true, true);
        assertEquals(
                List.of(),
                OpenPorts.of(InJvmCluster.hazelcast(here), ((VertxInternal) here).clusterManager())
                        .ports());
    }

    @Test
    void aNodeWithAnotherSecretDoesNotStart() {
        String line =
                String.valueOf(assertThrows(InvalidOptionException.class, () -> member(OTHER, new EventBusOptions()))
                        .getMessage());
        assertTrue(
                line.matches(
                        "cluster\\.secret: another one than at 127\\.0\\.0\\.1:\\d+: expected the same at all nodes of \""
                                + NAME + "\", or another cluster\\.name"),
                line);
    }

    @Test
    void aStrangerIsClosedOutOfThePortOfTheMembers() throws Exception {
        try (Socket stranger = new Socket(
                InetAddress.getLoopbackAddress(),
                InJvmCluster.hazelcast(here)
                        .getCluster()
                        .getLocalMember()
                        .getAddress()
                        .getPort())) {
            stranger.getOutputStream().write("HZC and a handshake".getBytes(StandardCharsets.US_ASCII));
            assertEquals(-1, stranger.getInputStream().read());
        }
    }

    @Test
    void aStrangerIsClosedOutOfThePortOfTheBus() {
        NodeInfo bus = ((VertxInternal) here).clusterManager().getNodeInfo();
        assertEquals("127.0.0.1", bus.host());
        BusCertificate other = BusCertificate.of(OTHER);
        NetClientOptions tls =
                new NetClientOptions().setSsl(true).setTrustAll(true).setHostnameVerificationAlgorithm("");
        assertClosed(bus, new NetClientOptions());
        assertClosed(bus, tls);
        assertClosed(bus, new NetClientOptions(tls).setKeyCertOptions(other.key()));
        // The other way round: an impostor in a member's place gets no message.
        assertThrows(Exception.class, () -> connect(
                        bus, new NetClientOptions(tls).setTrustAll(false).setTrustOptions(other.trusted()))
                .await());
    }

    private static void assertClosed(NodeInfo bus, NetClientOptions options) {
        Future<Void> closed = connect(bus, options).compose(socket -> {
            Future<Void> end = Future.future(promise -> socket.closeHandler(promise::complete));
            return socket.write("\0\0\0\0 no message").compose(v -> end);
        });
        closed.otherwiseEmpty().await();
    }

    private static Future<NetSocket> connect(NodeInfo bus, NetClientOptions options) {
        return STRANGER.createNetClient(options).connect(bus.port(), bus.host());
    }

    @Test
    void aMemberWithACertificateOfItsOwnIsHeardByNobody() {
        EventBusOptions bus = new EventBusOptions();
        BusCertificate other = BusCertificate.of(OTHER);
        ClusterConfig.secure(bus, other.key(), other.trusted());
        Vertx odd = member(KEY, bus);
        consume(here, "odd");
        consume(odd, "to the odd one");
        DeliveryOptions patience = new DeliveryOptions().setSendTimeout(500);
        Future<?> out = odd.eventBus().request("odd", "hello", patience);
        Future<?> in = here.eventBus().request("to the odd one", "hello", patience);
        assertThrows(Exception.class, out::await);
        assertThrows(Exception.class, in::await);
        assertEquals(List.of(), List.copyOf(heard));
        odd.close().await();
    }

    @Test
    void whoLeavesEndsHazelcastToo() {
        Vertx comes = member(KEY, new EventBusOptions());
        HazelcastInstance hazelcast = InJvmCluster.hazelcast(comes);
        comes.close().await();
        assertFalse(hazelcast.getLifecycleService().isRunning());
    }

    private void consume(Vertx vertx, String address) {
        vertx.eventBus()
                .<@Nullable String>consumer(address, message -> {
                    heard.add(String.valueOf(message.body()));
                    message.reply("heard");
                })
                .completion()
                .await();
    }
}
