/**
 * Samples in the languages of the JVM: what publishes, and what subscribes. The others lie beside {@code src/main/java}, each
 * under its language.
 */
@NullMarked
package io.sluice.sample;

import org.jspecify.annotations.NullMarked;
