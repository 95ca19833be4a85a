/**
 * The benchmark: {@code mvn -Pbench verify}. {@link io.sluice.bench.Bench} is where it starts.
 *
 * <pre>
 *  Bench ---> Microbenchmarks    JMH: what one step of an event's way costs
 *    |
 *    +------> Comparison         the node beside its peers, round by round
 *    |            |
 *    +------> StreamLives        streams by name that come and go: each is a StreamLife of a LifePlan
 * |
 * +------> LoadRun            one load on one URL: Listeners listens, LoadGenerator publishes, LoadCounters counts
 * </pre>
 */
@NullMarked
package io.sluice.bench;

import org.jspecify.annotations.NullMarked;
