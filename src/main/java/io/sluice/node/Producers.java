package io.sluice.node;

import io.sluice.cluster.Leases;
import io.sluice.polyglot.ScriptException;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.Optional;

/** Deploys the producers of the configuration, one after another. A singleton runs at one of several nodes. */
final class Producers {

    private final Vertx vertx;
    private final Optional<Leases> leases;
    private final List<NodeConfig.Producer> producers;

    /** @param leases empty if this node is alone and runs every singleton */
    Producers(Vertx vertx, Optional<Leases> leases, List<NodeConfig.Producer> producers) {
        this.vertx = vertx;
        this.leases = leases;
        this.producers = producers;
    }

    /** Completes when all are deployed. Fails with a {@link ConfigException} that names the producer. */
    Future<Void> deploy() {
        Future<Void> deployed = Future.succeededFuture();
        for (int i = 0; i < producers.size(); i++) {
            int index = i;
            deployed = deployed.compose(v -> deploy(index));
        }
        return deployed;
    }

    private Future<Void> deploy(int index) {
        NodeConfig.Producer producer = producers.get(index);
        DeploymentOptions options = new DeploymentOptions().setConfig(producer.config());
        Future<String> deployed = producer.singleton() && leases.isPresent()
                ? vertx.deployVerticle(
                        new SingletonVerticle(leases.get(), leaseName(index), producer.verticle(), options))
                : vertx.deployVerticle(producer.verticle(), options);
        return deployed.<Void>mapEmpty()
                .recover(failure -> Future.failedFuture(explain(producer, "producers[" + index + "]", failure)));
    }

    /** The name is the same at all nodes for a producer, and different for an equal producer in the same list. */
    private String leaseName(int index) {
        NodeConfig.Producer producer = producers.get(index);
        long twins =
                producers.subList(0, index).stream().filter(producer::equals).count();
        return "producer/" + producer.verticle() + '/' + producer.config().encode() + '/' + twins;
    }

    private static Throwable explain(NodeConfig.Producer producer, String path, Throwable failure) {
        if (failure instanceof ConfigException wrong) {
            return wrong.under(path + ".config");
        } else if (failure instanceof ScriptException) {
            return new ConfigException(path + ".verticle: \"" + producer.verticle() + "\": " + failure.getMessage());
        } else if (failure instanceof ClassNotFoundException) {
            return new ConfigException(
                    path + ".verticle", '"' + producer.verticle() + '"', "a class in the class path");
        }
        return failure;
    }
}
