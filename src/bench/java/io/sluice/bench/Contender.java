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

    /** Starts one that publishes a message a second to each of so many subscribers, by itself. */
    default Server startPublishing(Path directory, int subscribers) throws IOException, InterruptedException {
        throw new IllegalArgumentException(name() + " has no streams or topics for " + subscribers + " subscribers");
    }

    /** Whether its subscribers have a stream or a topic each. */
    default boolean isOneByOne() {
        return listenPath().contains(LoadOptions.NUMBER);
    }

    default boolean isJvm() {
        return false;
    }
}
