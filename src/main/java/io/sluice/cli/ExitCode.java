package io.sluice.cli;

/** What the exit code of a command says. */
public final class ExitCode {

    public static final int OK = 0;

    /** What was asked for cannot be done: refused, not there, cannot start. */
    public static final int FAILED = 1;

    /** The command line is wrong: nothing was tried. */
    public static final int USAGE = 2;

    private ExitCode() {}
}
