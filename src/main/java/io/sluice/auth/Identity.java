package io.sluice.auth;

import io.vertx.ext.auth.User;

/**
 * Somebody who has shown a good credential.
 *
 * @param user with the claims of the token
 * @param rights of the token, which may have ended a short while ago
 */
record Identity(User user, Rights rights) {}
