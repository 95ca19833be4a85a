package io.sluice.node;

import io.vertx.core.Future;
import java.util.List;

/** Something that the admin listener offers. */
interface AdminPart {

    /** Adds its paths. Called once, on the listener's event loop. */
    void mount(AdminRoutes routes);

    /** Ends what its clients still have open, before the listener closes. */
    default Future<Void> close() {
        return Future.succeededFuture();
    }

    /** Closes parts, all at once. */
    static Future<Void> close(List<AdminPart> parts) {
        return Future.join(parts.stream().map(AdminPart::close).toList()).mapEmpty();
    }
}
