package io.sluice.node;

import io.sluice.log.Receipt;
import io.sluice.stream.StreamTemplate;
import io.vertx.core.Future;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.HttpException;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** The making and the deleting of the streams of a template: PUT and DELETE, which have no body. Event loop only. */
final class StreamLife {

    private static final String ADVICE = "it is safe to repeat it";

    private final StreamTemplate template;
    private final BodyReader.Bounds bounds;
    private final LogFailures failures;

    /**
     * @param bounds of the bodies
     * @param failures of the log that has the streams
     */
    StreamLife(StreamTemplate template, BodyReader.Bounds bounds, LogFailures failures) {
        this.template = template;
        this.bounds = bounds;
        this.failures = failures;
    }

    /** Makes the stream of a PUT: 201 with its {@code Location}, or 200 if it is there. */
    void create(RoutingContext routing) {
        AccessRules.requireWhole(routing);
        String name = NamedPath.name(routing);
        String key = IdempotencyKey.of(routing);
        afterBody(routing, () -> template.create(name, key), made -> answerCreate(routing, name, made));
    }

    private void answerCreate(RoutingContext routing, String name, Receipt made) {
        HttpServerResponse response = routing.response();
        boolean isNew = made.count() > 0;
        if (isNew) {
            response.putHeader("Location", "/" + template.fullName(name));
        }
        response.setStatusCode(isNew ? 201 : 200)
                .putHeader("Content-Type", BodyType.JSON.mediaType())
                .putHeader("X-Content-Type-Options", "nosniff")
                .end(new JsonObject().put("id", made.last().toString()).toBuffer());
    }

    /** Deletes the stream of a DELETE: 204, or 404 if it is not there. */
    void delete(RoutingContext routing) {
        AccessRules.requireWhole(routing);
        String name = NamedPath.name(routing);
        afterBody(routing, () -> template.delete(name), wasThere -> {
            if (wasThere) {
                routing.response().setStatusCode(204).end();
            } else {
                routing.fail(new HttpException(404, "there is no stream " + template.fullName(name)));
            }
        });
    }

    private <T> void afterBody(RoutingContext routing, Supplier<Future<T>> step, Consumer<T> answer) {
        if (BodyReader.announced(routing.request()) > 0) {
            throw notEmpty(routing);
        }
        BodyReader reader = new BodyReader(routing, new NoBody(() -> notEmpty(routing)), bounds);
        reader.read()
                .compose(none -> step.get().recover(failure -> Future.failedFuture(failures.refusal(failure, ADVICE))))
                .onComplete(done -> reader.close())
                .onSuccess(done -> failures.over())
                .onComplete(answer::accept, failure -> BodyReader.fail(routing, failure));
    }

    private static HttpException notEmpty(RoutingContext routing) {
        return new HttpException(400, "a " + routing.request().method() + " with a body: expected none");
    }
}
