package io.sluice.node;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;

/**
 * A streaming node: streams, HTTP and producers, as configured.
 *
 * <p>Run {@code vertx run io.sluice.node.NodeVerticle -conf conf/node.json -instances 2}, or deploy the verticle in your own
 * application with the same JSON as its configuration. Each instance serves on one event loop. The start completes when the node
 * listens, or fails with one line that says what is wrong.
 *
 * <p>An application that deploys the verticle adds dependencies, in the versions of its Vert.x:
 *
 * <ul>
 *   <li>{@code io.vertx:vertx-health-check} in any case
 *   <li>{@code io.vertx:vertx-redis-client} for a stream whose {@code log} is {@code redis}
 *   <li>{@code io.vertx:vertx-auth-jwt} for {@code auth}
 *   <li>{@code io.micrometer:micrometer-registry-prometheus} for {@code admin}; and {@code io.vertx:vertx-micrometer-metrics} in the
 *       application's own {@code VertxOptions} for the metrics of Vert.x itself
 *   <li>{@code io.vertx:vertx-hazelcast} for a clustered Vert.x, whose streams are in the cluster
 *   <li>{@code org.graalvm.polyglot:polyglot} with {@code org.graalvm.js:js-language}, or {@code io.vertx:vertx-lang-groovy}, for
 *       producers in these languages
 * </ul>
 *
 * The start fails if one of the first four is missing, and names it. No launcher is needed.
 */
public final class NodeVerticle extends VerticleBase {

    @Override
    public Future<?> start() {
        return Node.of(vertx, context).enter(context);
    }

    @Override
    public Future<?> stop() {
        return Node.of(vertx, context).leave();
    }
}
