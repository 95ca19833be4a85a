package io.sluice.node;

import io.sluice.cluster.ClusterSingleton;
import io.sluice.cluster.Leases;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a verticle at one of several nodes. It deploys the verticle as its child when this node gets the lease, and releases the
 * lease when the child is undeployed.
 */
final class SingletonVerticle extends VerticleBase {

    private static final Logger LOG = LoggerFactory.getLogger(SingletonVerticle.class);

    private final Leases leases;
    private final String name;
    private final String verticle;
    private final DeploymentOptions options;
    private String deployment = "";
    private @Nullable ClusterSingleton singleton;

    /** @param name the name of the lease: the same at all nodes, and used for nothing else */
    SingletonVerticle(Leases leases, String name, String verticle, DeploymentOptions options) {
        this.leases = leases;
        this.name = name;
        this.verticle = verticle;
        this.options = options;
    }

    @Override
    public Future<?> start() {
        return ClusterSingleton.open(vertx, leases, name, this::begin, this::end)
                .onSuccess(opened -> singleton = opened);
    }

    @Override
    public Future<?> stop() {
        return singleton == null ? Future.succeededFuture() : singleton.close();
    }

    private Future<Void> begin() {
        return vertx.deployVerticle(verticle, options)
                .onSuccess(id -> {
                    deployment = id;
                    LOG.info("{} runs at this node now", verticle);
                })
                .mapEmpty();
    }

    private Future<Void> end() {
        return vertx.deploymentIDs().contains(deployment) ? vertx.undeploy(deployment) : Future.succeededFuture();
    }
}
