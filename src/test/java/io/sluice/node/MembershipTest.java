package io.sluice.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.sluice.testing.Await;
import io.sluice.testing.cluster.InJvmCluster;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A node in an application that has joined a cluster itself. */
@Timeout(60)
class MembershipTest {

    // Set before all tests.
    @SuppressWarnings("NullAway")
    private static InJvmCluster cluster;

    @SuppressWarnings("NullAway")
    private static Vertx first;

    @SuppressWarnings("NullAway")
    private static Vertx second;

    @BeforeAll
    static void join() throws Exception {
        cluster = new InJvmCluster();
        first = cluster.join();
        second = cluster.join();
    }

    @AfterAll
    static void leave() {
        cluster.close();
    }

    @Test
    void aClusterOfAnotherNameIsNotTheOneThatIsConfigured() {
        String actual = InJvmCluster.hazelcast(first).getConfig().getClusterName();
        assertEquals(
                "cluster.name: \"another\": expected \"" + actual
                        + "\", which is the name of the cluster that the application has joined",
                refused(first, """
                        { "cluster": { "name": "another" }, "streams": { "events": { "log": "memory" } } }
                        """));
        first.undeploy(deploy(first, """
                        { "cluster": { "name": "%s" }, "streams": { "events": { "log": "memory" } } }
                        """.formatted(actual))).await();
    }

    @Test
    void aSecretThatTheApplicationHasNotJoinedWithIsNoProtection() {
        assertEquals(
                "cluster.secret: ***: expected none where the application has joined the cluster: it gives it to"
                        + " ClusterConfig.manager",
                refused(first, """
                        { "cluster": { "secret": "a secret of 32 bytes or more, which is of no use here" } }
                        """));
    }

    @Test
    void aNodeWithOtherStreamsDoesNotStartUntilTheFirstOneHasStopped() throws Exception {
        String running = deploy(first, """
                { "streams": { "events": { "log": "memory" }, "chat/*": { "log": "memory" } } }
                """);
        String other = """
                { "streams": { "prices": { "log": "memory" }, "events": { "log": "memory" } } }
                """;
        assertEquals(
                "streams: only this node has \"prices\", only the cluster has \"chat/*\": expected the same streams, or"
                        + " another cluster.name",
                refused(second, other));
        first.undeploy(running).await();
        Await.await(
                "nobody says anything",
                () -> InJvmCluster.hazelcast(second).getMap("sluice.agreement").isEmpty());
        second.undeploy(deploy(second, other)).await();
    }

    @Test
    void aNodeMayHaveOtherStreamsForAWhileIfItSaysSo() {
        String running = deploy(first, """
                { "streams": { "events": { "log": "memory" } } }
                """);
        second.undeploy(deploy(second, """
                { "streams": { "events": { "log": "memory" }, "prices": { "log": "memory" } }, "cluster": { "streams": "any" } }
                """)).await();
        first.undeploy(running).await();
    }

    private static String deploy(Vertx vertx, String configuration) {
        JsonObject json = new JsonObject(configuration)
                .put("http", new JsonObject().put("host", "127.0.0.1").put("port", 0));
        return vertx.deployVerticle(new NodeVerticle(), new DeploymentOptions().setConfig(json))
                .await();
    }

    private static String refused(Vertx vertx, String configuration) {
        ConfigException refused = assertThrows(ConfigException.class, () -> deploy(vertx, configuration));
        return String.valueOf(refused.getMessage());
    }
}
