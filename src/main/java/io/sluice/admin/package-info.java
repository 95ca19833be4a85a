/** The listener for those who run a node: its numbers, its report, its page, its health, and what can be changed while it runs. */
@NullMarked
package io.sluice.admin;

import org.jspecify.annotations.NullMarked;
