package io.sluice.node;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;

/**
 * A streaming node, put together from its configuration: streams, HTTP, producers.
 *
 * <p>{@code vertx run io.sluice.node.NodeVerticle -conf conf/node.json -instances 2}, or deploy it in an application of your
 * own with the same JSON as its configuration. Each instance is one event loop that serves. Starting fails with one line that
 * says what is wrong; it completes when the node listens.
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
