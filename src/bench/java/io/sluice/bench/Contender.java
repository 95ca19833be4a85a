package io.sluice.bench;

import java.io.IOException;
import java.nio.file.Path;

/** One of those that are compared. */
interface Contender {

    /** A short one, for tables and options. */
    String name();

    /** Why it cannot be measured here, or nothing. */
    String lacks();

    /** Starts one, with its files in a directory that exists. */
    Server start(Path directory) throws IOException, InterruptedException;

    /** The path at which it serves events. */
    default String listenPath() {
        return "/events";
    }

    /** The path at which it takes events. */
    default String publishPath() {
        return "/events";
    }

    default boolean isJvm() {
        return false;
    }
}
