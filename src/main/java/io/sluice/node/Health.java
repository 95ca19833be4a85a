package io.sluice.node;

import io.sluice.stream.EventStream;
import io.sluice.stream.StreamTemplate;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.healthchecks.Status;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.healthchecks.HealthCheckHandler;

/** What a node tells probes: that it lives, and whether it is ready for clients. Any thread. */
final class Health {

    /** A probe asks by any name that it has for the node. */
    static final String PATH = "/health/";

    private final NodeStreams streams;
    private final Serving serving;

    Health(NodeStreams streams, Serving serving) {
        this.streams = streams;
        this.serving = serving;
    }

    /** Whether new clients can be sent here: the node serves, and each stream goes on. */
    boolean isReady() {
        return serving.isOn()
                && streams.declared().stream().allMatch(EventStream::isFollowing)
                && streams.templates().stream().allMatch(StreamTemplate::isFollowing);
    }

    /** Answers at {@code /health/live} and {@code /health/ready}, whoever asks. */
    void mount(Vertx vertx, Router router) {
        mount(
                router,
                PATH + "live",
                HealthCheckHandler.create(vertx).register("event-loop", answer -> answer.complete(Status.OK())));
        HealthCheckHandler ready = HealthCheckHandler.create(vertx);
        ready.register("listening", answer -> answer.complete(status(serving.isOn())));
        streams.declared()
                .forEach(stream -> ready.register(
                        "stream/" + stream.name(), answer -> answer.complete(status(stream.isFollowing()))));
        streams.templates()
                .forEach(template -> ready.register(
                        "stream/" + template.name() + StreamNames.ANY,
                        answer -> answer.complete(status(template.isFollowing()))));
        mount(router, PATH + "ready", ready);
    }

    private static void mount(Router router, String path, HealthCheckHandler checks) {
        AllowedMethods.reading(router, path).handler(Health::describe).handler(checks);
        AllowedMethods.refuseOthers(router, path, AllowedMethods.READING);
    }

    /** It is true only now. */
    private static void describe(RoutingContext routing) {
        routing.response()
                .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
                .putHeader("X-Content-Type-Options", "nosniff");
        routing.next();
    }

    private static Status status(boolean ok) {
        return ok ? Status.OK() : Status.KO();
    }
}
