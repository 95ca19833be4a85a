/**
 * Publishers and subscribers in the languages of the JVM. The samples in other languages lie beside {@code src/main/java}, each
 * under its language.
 */
@NullMarked
package io.sluice.sample;

import org.jspecify.annotations.NullMarked;
