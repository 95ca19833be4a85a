package io.sluice.soak;

import java.util.ArrayList;
import java.util.List;

/** What was not as it should be. One thread. */
final class Verdict {

    private final List<String> failures = new ArrayList<>();

    void expect(boolean condition, String failure) {
        if (!condition) {
            failures.add(failure);
        }
    }

    /** Prints it, with the file of the node's output. Answers whether all was as it should be. */
    boolean print(String log) {
        failures.forEach(failure -> System.out.println("soak: FAILURE: " + failure));
        System.out.println(failures.isEmpty() ? "soak: GOOD" : "soak: BAD, see " + log);
        return failures.isEmpty();
    }
}
