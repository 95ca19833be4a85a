/**
 * A log in the memory of a Hazelcast cluster: how nodes find each other, which of them leads, and what they agree on.
 *
 * <p>Read {@link io.sluice.hazelcast.HazelcastLog} first.
 */
@NullMarked
package io.sluice.hazelcast;

import org.jspecify.annotations.NullMarked;
