package io.sluice.node;

/**
 * Checks that the class path has the optional dependencies that a configuration needs. The node's own jar has all of them; an
 * application that embeds the node adds those that it uses.
 */
final class ClassPath {

    private ClassPath() {}

    /** @throws ConfigException if a dependency is missing; the message names it */
    static void requireFor(NodeConfig config) {
        require("io.vertx.ext.healthchecks.HealthChecks", "io.vertx:vertx-health-check", "the node's /health");
        if (config.logs().contains(LogKind.REDIS)) {
            require("io.vertx.redis.client.Redis", "io.vertx:vertx-redis-client", "a stream whose log is in Redis");
        }
        if (config.auth() != null) {
            require("io.vertx.ext.auth.jwt.JWTAuth", "io.vertx:vertx-auth-jwt", "\"auth\"");
        }
        if (config.admin() != null) {
            require(
                    "io.micrometer.prometheusmetrics.PrometheusMeterRegistry",
                    "io.micrometer:micrometer-registry-prometheus",
                    "\"admin\"");
        }
    }

    /** Whether Vert.x itself can be measured. An application that starts it itself sees to that. */
    static boolean hasVertxMetrics() {
        return has("io.vertx.micrometer.MicrometerMetricsFactory");
    }

    private static void require(String className, String artifact, String user) {
        if (!has(className)) {
            throw new ConfigException(user + " needs the dependency " + artifact);
        }
    }

    private static boolean has(String className) {
        try {
            Class.forName(className, false, ClassPath.class.getClassLoader());
            return true;
        } catch (ClassNotFoundException e) {
            return false;
        }
    }
}
