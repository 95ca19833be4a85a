package io.sluice.log;

/** What a command has done to a stream of a template: the same at each node. */
sealed interface Outcome {

    /**
     * It was applied.
     *
     * @param position the stream's position after it
     * @param changed whether it has changed anything
     */
    record Done(EventId position, boolean changed) implements Outcome {}

    /** The stream had ended. */
    record Ended() implements Outcome {}

    /** There is no such stream. */
    record Unknown() implements Outcome {}
}
