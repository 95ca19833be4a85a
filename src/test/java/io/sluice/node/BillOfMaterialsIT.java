package io.sluice.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.util.Version;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The bill of materials in the node's jar, which a scanner reads. */
class BillOfMaterialsIT {

    /** What the node makes use of by configuration, and an application that embeds it adds by itself. */
    private static final Map<String, String> OPTIONAL = Map.of(
            "vertx-health-check", "io/vertx/ext/healthchecks/HealthChecks.class",
            "vertx-redis-client", "io/vertx/redis/client/Redis.class",
            "vertx-auth-jwt", "io/vertx/ext/auth/jwt/JWTAuth.class");

    @Test
    void theJarNamesWhatItHolds() throws Exception {
        JsonObject bill;
        try (JarFile jar = new JarFile("target/sluice.jar")) {
            byte[] json = jar.getInputStream(Objects.requireNonNull(jar.getEntry("META-INF/sbom/sluice.cdx.json")))
                    .readAllBytes();
            bill = new JsonObject(new String(json, StandardCharsets.UTF_8));
        }
        assertEquals("CycloneDX", bill.getString("bomFormat"));
        Map<String, String> versions = bill.getJsonArray("components").stream()
                .map(JsonObject.class::cast)
                .collect(Collectors.toMap(
                        part -> part.getString("name"), part -> part.getString("version"), (first, second) -> first));
        Version.identify().values().forEach(running -> {
            String named = versions.get(running.artifactId());
            assertTrue(named == null || named.equals(running.artifactVersion()), running + " runs, and not " + named);
        });
        assertEquals(
                Objects.requireNonNull(Version.identify().get("netty-common")).artifactVersion(),
                versions.get("netty-common"));
        OPTIONAL.keySet().forEach(artifact -> assertNotNull(versions.get(artifact), artifact));
    }

    @Test
    void theJarHoldsWhatAnApplicationWouldAddByItself() throws Exception {
        try (JarFile jar = new JarFile("target/sluice.jar")) {
            OPTIONAL.values().forEach(entry -> assertNotNull(jar.getEntry(entry), entry));
        }
    }
}
