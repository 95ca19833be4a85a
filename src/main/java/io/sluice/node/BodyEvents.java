package io.sluice.node;

import io.sluice.log.NewEvent;
import io.vertx.ext.web.handler.HttpException;
import java.util.List;

/**
 * The events of a body, which are made as its bytes come. Whatever is wrong fails with a {@link HttpException} at once. One
 * thread.
 */
interface BodyEvents {

    /**
     * Takes bytes, {@code from} up to {@code to}, or fewer: no more than one turn of an event loop may work on.
     *
     * @return where to go on: {@code to} if all are taken
     */
    int take(byte[] bytes, int from, int to);

    /** All events, after the last byte. */
    List<NewEvent> end();

    /** The memory that the events hold, in bytes. */
    long held();
}
