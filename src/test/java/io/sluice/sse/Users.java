package io.sluice.sse;

import io.vertx.core.json.JsonObject;
import io.vertx.ext.auth.User;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.impl.UserContextInternal;

/** Users as handlers of an application leave them with a request. */
final class Users {

    private Users() {}

    static void set(RoutingContext routing, User user) {
        ((UserContextInternal) routing.userContext()).setUser(user);
    }

    /** As {@code OAuth2AuthHandler} leaves one: what was checked is an attribute. */
    static User expiring(long exp) {
        return User.create(new JsonObject().put("sub", "alice"), new JsonObject().put("exp", exp));
    }
}
