package io.sluice.log;

/** What a command has done to a stream of a template: the same at each node, unless it is lost at one. */
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

    /** It was applied, but this node could not keep it: its memory is full, perhaps. */
    record Lost() implements Outcome {}
}
