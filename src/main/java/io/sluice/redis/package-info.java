/**
 * A log in Redis: its history outlives all nodes, and any number of nodes shares it.
 *
 * <p>Read {@link io.sluice.redis.RedisLog} first.
 */
@NullMarked
package io.sluice.redis;

import org.jspecify.annotations.NullMarked;
