package io.sluice.soak;

import java.nio.ByteBuffer;

/** One client of the crowd. It tells the crowd when it has left. */
interface SoakClient {

    /** Comes. */
    void come();

    /** Bytes from the node. */
    void received(ByteBuffer bytes);

    /** The node has closed the connection. */
    void ended();

    /** Must leave at once: the soak is over. */
    void leave();

    /** Says what is wrong where it has waited for the node for too long, else nothing. */
    default String complaint(long now) {
        return "";
    }

    /** The time from its leaving to its successor, in milliseconds. */
    int rest();

    /** The one who takes its place. */
    SoakClient successor();
}
