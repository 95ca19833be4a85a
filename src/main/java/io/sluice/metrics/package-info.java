/** What is measured of the streams of a node, by Micrometer: it listens to each stream, and the engine never sees the library. */
@NullMarked
package io.sluice.metrics;

import org.jspecify.annotations.NullMarked;
