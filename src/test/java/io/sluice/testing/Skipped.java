package io.sluice.testing;

import static org.junit.jupiter.api.Assumptions.abort;

/** A test that needs a program which is not there. It is skipped loudly, and fails in CI. */
public final class Skipped {

    private Skipped() {}

    /** Ends the test: aborts it, or has the failure for the caller to throw. */
    public static AssertionError because(String what, String reason) {
        String message = what + " was SKIPPED: " + reason;
        System.out.println("\n*** " + message + " ***\n");
        if (!"true".equals(System.getenv("CI"))) {
            abort(message);
        }
        return new AssertionError(message);
    }
}
