package io.sluice.node;

import io.vertx.core.Future;

/** Something that the admin listener offers. */
interface AdminPart {

    /** Adds its paths. Called once, on the listener's event loop. */
    void mount(AdminRoutes routes);

    /** Ends what its clients still have open, before the listener closes. */
    default Future<Void> close() {
        return Future.succeededFuture();
    }
}
