package io.sluice.bench;

import java.io.IOException;
import java.nio.file.Path;

/** One of those that are compared. */
interface Contender {

    /** A short one, for tables and options. */
    String name();

    /** Why it cannot be measured here, or nothing. */
    String lacks();

    /** Starts one, with its files in a directory of its own, which is there. */
    Server start(Path directory) throws IOException, InterruptedException;

    /** Where one listens: path of the events. */
    default String listenPath() {
        return "/events";
    }

    /** Where one takes what is published. */
    default String publishPath() {
        return "/events";
    }

    default boolean isJvm() {
        return false;
    }
}
