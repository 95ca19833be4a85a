package io.sluice.node;

/**
 * Checks that the class path has the optional dependencies that a configuration needs. The node's own jar has all of them; an
 * application that embeds the node adds those that it uses.
 */
final class ClassPath {

    private ClassPath() {}

    /** @throws ConfigException if a dependency is missing; the message names it */
    static void requireFor(NodeConfig config) {
        require("io.vertx.ext.healthchecks.HealthChecks", "vertx-health-check", "the node's /health");
        if (config.logs().contains(LogKind.REDIS)) {
            require("io.vertx.redis.client.Redis", "vertx-redis-client", "a stream whose log is in Redis");
        }
        if (config.auth() != null) {
            require("io.vertx.ext.auth.jwt.JWTAuth", "vertx-auth-jwt", "\"auth\"");
        }
    }

    private static void require(String className, String artifact, String user) {
        try {
            Class.forName(className, false, ClassPath.class.getClassLoader());
        } catch (ClassNotFoundException e) {
            throw new ConfigException(user + " needs the dependency io.vertx:" + artifact);
        }
    }
}
