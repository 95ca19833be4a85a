/**
 * For authors of logs: a log decides a stream's order and keeps its history; a journal is one node's window on it.
 *
 * <p>Read {@link io.sluice.log.EventLog} first, then {@link io.sluice.log.Journal}.
 */
@NullMarked
package io.sluice.log;

import org.jspecify.annotations.NullMarked;
