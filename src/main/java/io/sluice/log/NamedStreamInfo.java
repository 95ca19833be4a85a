package io.sluice.log;

/**
 * What a log tells of a stream of a template.
 *
 * @param name within the template
 * @param last the id of its newest event, or its position if it has none
 * @param events how many of its events are kept
 * @param bytes their size, as {@link History#bytes} counts it
 * @param ended whether it has ended
 */
public record NamedStreamInfo(String name, EventId last, long events, long bytes, boolean ended) {}
