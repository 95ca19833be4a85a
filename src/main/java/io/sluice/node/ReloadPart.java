package io.sluice.node;

import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.HttpException;

/**
 * Reads the configuration again: {@code POST /api/reload}. 200 says what counts now, what is as before, and what takes a restart; 422 has
 * the line that says what is wrong, and then nothing has changed.
 */
final class ReloadPart implements AdminPart {

    private final Reload reload;

    ReloadPart(Reload reload) {
        this.reload = reload;
    }

    @Override
    public void mount(AdminRoutes routes) {
        routes.post("/api/reload", this::reload);
    }

    private void reload(RoutingContext routing) {
        reload.run()
                .onComplete(
                        result -> AdminRoutes.answer(
                                routing,
                                BodyType.JSON.mediaType(),
                                result.toJson().encode()),
                        failure -> routing.fail(new HttpException(422, failure.getMessage())));
    }
}
