package io.sluice.cli;

/**
 * An event of a stream as an {@code EventSource} has it.
 *
 * @param id the position behind it; empty if none came yet
 * @param type empty for {@code message}
 * @param data its lines, joined by line feeds
 */
record Message(String id, String type, String data) {}
