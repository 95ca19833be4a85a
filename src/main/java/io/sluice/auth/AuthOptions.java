package io.sluice.auth;

import org.jspecify.annotations.Nullable;

/**
 * Who a node takes for whom.
 *
 * @param jwt the tokens
 * @param cookie the name of the cookie that may hold a token; null if none may
 * @param tickets null if there are none
 */
public record AuthOptions(
        JwtOptions jwt, @Nullable String cookie, @Nullable TicketOptions tickets) {}
