package io.sluice.node;

import io.sluice.admin.Dashboard;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.Set;

/** The page of those who run a node, {@code /dashboard/}. Its files ask nobody who comes; what it shows does. */
final class DashboardPart implements AdminPart {

    /** Nothing comes from elsewhere, nothing runs in the page itself, and the page stands in no other. */
    private static final String POLICY =
            "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none'";

    private static final Set<HttpMethod> READING = Set.of(HttpMethod.GET, HttpMethod.HEAD);

    @Override
    public void mount(AdminRoutes routes) {
        Router router = routes.router();
        AllowedMethods.reading(router, "/").handler(DashboardPart::redirect);
        AllowedMethods.refuseOthers(router, "/", AllowedMethods.READING);
        String files = Dashboard.PATH + "/*";
        AllowedMethods.answerOptions(router, files, AllowedMethods.READING);
        router.route(files).handler(DashboardPart::describe).handler(Dashboard.files());
    }

    /** Relative, as those of {@link io.sluice.webroot.Webroot}: a proxy may have a prefix for it. */
    private static void redirect(RoutingContext routing) {
        routing.response()
                .setStatusCode(302)
                .putHeader("Location", "." + Dashboard.PATH + "/")
                .putHeader("Cache-Control", "no-cache")
                .end();
    }

    /** Behind all other headers: those of a file are for any page. */
    private static void describe(RoutingContext routing) {
        if (!READING.contains(routing.request().method())) {
            AllowedMethods.refuse(routing, AllowedMethods.READING);
            return;
        }
        routing.addHeadersEndHandler(v -> routing.response()
                .putHeader("Content-Security-Policy", POLICY)
                .putHeader("Referrer-Policy", "no-referrer"));
        routing.next();
    }
}
