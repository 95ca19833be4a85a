package io.sluice.log;

/** Makes the log of a stream. One kind of log has one provider. */
@FunctionalInterface
public interface LogProvider {

    /**
     * Makes a log, which is not open yet. On the setup's context.
     *
     * @throws IllegalStateException if this kind of log cannot be had here
     */
    EventLog create(LogSetup setup);
}
