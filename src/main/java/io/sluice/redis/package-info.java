/**
 * A log in Redis: its history outlives all nodes, and any number of nodes shares it.
 *
 * <pre>
 *    RedisClient             a node's Redis: makes connections, and gives leases
 *        |        \
 *    RedisLog      RedisLease
 *     |     \
 *     |      RedisFollower --> FollowedLog        reads: XREAD, into the stream's journal; LatestReader
 *     |
 *    RedisWriter                                  writes: append.lua
 *        |
 *    RedisScript --> ReconnectingRedis            a connection that is opened again
 * </pre>
 *
 * <p>Read {@link io.sluice.redis.RedisLog} first. Its essay has a drawing of what is in Redis. The streams of a template are in {@link
 * io.sluice.redis.RedisTemplateLog}:
 *
 * <pre>
 *    RedisTemplateLog
 *     |     |     \
 *     |     |      FeedFollower --> WatchedStreams --> WatchedStream --> FollowedLog     reads: XREAD of the feed
 *     |     |                           |
 *     |     TemplateSweep --> TemplateScripts                                            reads: load.lua; expiry
 *     |
 *    TemplateWriter --> NumberedScripts                                                  writes: template/append.lua
 * </pre>
 */
@NullMarked
package io.sluice.redis;

import org.jspecify.annotations.NullMarked;
