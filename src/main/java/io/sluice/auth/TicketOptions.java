package io.sluice.auth;

import java.time.Duration;

/**
 * What a node makes tickets with.
 *
 * @param secret signs tickets; the same at all nodes
 * @param max how long the holder of a ticket may come back with it
 */
public record TicketOptions(Secret secret, Duration max) {}
