package io.sluice.node;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;

/**
 * A streaming node, put together from its configuration: streams, HTTP, producers.
 *
 * <p>{@code vertx run io.sluice.node.NodeVerticle -conf conf/node.json -instances 2}, or deploy it in an application of your
 * own with the same JSON as its configuration. Each instance is one event loop that serves. The start completes when the node
 * listens; it fails with one line that says what is wrong.
 *
 * <p>An application that deploys it adds dependencies of its own, with the versions of its Vert.x:
 *
 * <ul>
 *   <li>{@code io.vertx:vertx-health-check} in any case
 *   <li>{@code io.vertx:vertx-redis-client} for a stream whose {@code log} is {@code redis}
 *   <li>{@code io.vertx:vertx-hazelcast} for a clustered Vert.x; streams then are in the cluster
 *   <li>{@code org.graalvm.polyglot:polyglot} with {@code org.graalvm.js:js-language}, or {@code io.vertx:vertx-lang-groovy}, for
 *       producers in these languages
 * </ul>
 *
 * The start fails if one of the first two is missing, and names it. No launcher is needed.
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
