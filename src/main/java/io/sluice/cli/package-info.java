/** The commands of the jar that talk to a node over HTTP: tail, publish, info. */
@NullMarked
package io.sluice.cli;

import org.jspecify.annotations.NullMarked;
