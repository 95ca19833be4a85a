package io.sluice.log;

/** An option has a value that cannot be used. The message names the option, the value, and what is expected. */
public final class InvalidOptionException extends IllegalArgumentException {

    private static final long serialVersionUID = 1;

    private final String option;
    private final String value;
    private final String expected;

    public InvalidOptionException(String option, Object value, String expected) {
        super(option + ": " + value + ": expected " + expected);
        this.option = option;
        this.value = value.toString();
        this.expected = expected;
    }

    /** Throws if a condition on an option does not hold. */
    public static void require(boolean holds, String option, Object value, String expected) {
        if (!holds) {
            throw new InvalidOptionException(option, value, expected);
        }
    }

    /** The option's name or path, as in a configuration. */
    public String option() {
        return option;
    }

    public String value() {
        return value;
    }

    public String expected() {
        return expected;
    }
}
