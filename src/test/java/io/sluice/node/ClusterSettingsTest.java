package io.sluice.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.testing.TestCertificate;
import io.vertx.core.eventbus.EventBusOptions;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of the keys of {@code cluster}. */
class ClusterSettingsTest {

    @TempDir
    // JUnit sets it.
    @SuppressWarnings("NullAway")
    private Path directory;

    @Test
    void withoutCertificatesTheBusIsAsItWas() {
        EventBusOptions bus = new EventBusOptions();
        read(new JsonObject()).manager(bus, null, null);
        assertFalse(bus.isSsl());
    }

    @Test
    void withCertificatesTheBusAsksForOneAtEitherEnd() throws Exception {
        TestCertificate own = TestCertificate.in(directory);
        EventBusOptions bus = new EventBusOptions();
        read(tls(own, own)).manager(bus, null, null);
        assertTrue(bus.isSsl());
        assertEquals(ClientAuth.REQUIRED, bus.getClientAuth());
        assertFalse(bus.isTrustAll(), "by default the event bus trusts anybody");
    }

    @Test
    void aCertificateThatTheNodesWouldNotTrustIsNamedAtTheStart() throws Exception {
        TestCertificate own = TestCertificate.in(Files.createDirectory(directory.resolve("own")));
        TestCertificate other = TestCertificate.newIn(Files.createDirectory(directory.resolve("other")));
        ClusterSettings settings = read(tls(own, other));
        String line = String.valueOf(
                assertThrows(ConfigException.class, () -> settings.manager(new EventBusOptions(), null, null))
                        .getMessage());
        assertTrue(
                line.startsWith("cluster.tls.ca: \"" + other.certificate()
                        + "\": expected what has signed the node's own certificate: "),
                line);
    }

    @Test
    void aSecretThatIsTooShortIsNotShown() {
        assertEquals(
                "cluster.secret: \"***\": expected a text of 32 bytes or more",
                assertThrows(ConfigException.class, () -> read(new JsonObject().put("secret", "a short one")))
                        .getMessage());
    }

    @Test
    void aNameIsOneForALine() {
        assertEquals(
                "cluster.name: \"two words\": expected 1 to 64 letters, digits and characters of \"._-\"",
                assertThrows(ConfigException.class, () -> read(new JsonObject().put("name", "two words")))
                        .getMessage());
    }

    private static JsonObject tls(TestCertificate own, TestCertificate trusted) {
        return new JsonObject()
                .put(
                        "tls",
                        new JsonObject()
                                .put("certificate", own.certificate().toString())
                                .put("key", own.key().toString())
                                .put("ca", trusted.certificate().toString()));
    }

    private static ClusterSettings read(JsonObject cluster) {
        return NodeConfig.read(new JsonObject().put("cluster", cluster)).cluster();
    }
}
