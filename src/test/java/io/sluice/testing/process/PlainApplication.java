package io.sluice.testing.process;

import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.spi.cluster.hazelcast.HazelcastClusterManager;

/** A clustered application of Vert.x that knows nothing of Sluice: it publishes on the bus, five times a second. */
public final class PlainApplication {

    private PlainApplication() {}

    public static void main(String[] arguments) {
        Vertx vertx = Vertx.builder()
                .withClusterManager(new HazelcastClusterManager())
                .buildClustered()
                .await();
        vertx.setPeriodic(200, timer -> vertx.eventBus()
                .publish(arguments[0], new JsonObject().put("from", "a plain application")));
    }
}
