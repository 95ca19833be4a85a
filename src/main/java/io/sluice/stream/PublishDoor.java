package io.sluice.stream;

/** Where events come in. */
public enum PublishDoor {
    /** POST. */
    HTTP,
    /** The addresses of the event bus: published messages, and requests. */
    BUS
}
