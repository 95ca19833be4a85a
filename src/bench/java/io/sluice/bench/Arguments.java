package io.sluice.bench;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The options of a command: {@code --name value} pairs, and flags without a value. */
final class Arguments {

    private final Map<String, List<String>> values = new HashMap<>();

    /** @throws IllegalArgumentException that names what is wrong, and what is expected */
    Arguments(List<String> given, Set<String> names, Set<String> flags) {
        for (int i = 0; i < given.size(); i++) {
            String name = given.get(i);
            if (flags.contains(name)) {
                add(name, "");
            } else if (!names.contains(name)) {
                throw new IllegalArgumentException("unknown option " + name + ": see --help");
            } else if (i + 1 == given.size()) {
                throw new IllegalArgumentException(name + ": expected a value after it");
            } else {
                add(name, given.get(++i));
            }
        }
    }

    private void add(String name, String value) {
        values.computeIfAbsent(name, n -> new ArrayList<>()).add(value);
    }

    boolean has(String name) {
        return values.containsKey(name);
    }

    /** All the values of an option that may be repeated. */
    List<String> all(String name) {
        return List.copyOf(values.getOrDefault(name, List.of()));
    }

    /** The last value, or null. */
    @Nullable
    String text(String name) {
        List<String> given = all(name);
        return given.isEmpty() ? null : given.get(given.size() - 1);
    }

    String text(String name, String absent) {
        String text = text(name);
        return text == null ? absent : text;
    }

    /** A whole number from {@code least} up. */
    int integer(String name, int absent, int least) {
        String text = text(name, String.valueOf(absent));
        try {
            int value = Integer.parseInt(text);
            if (value >= least) {
                return value;
            }
        } catch (NumberFormatException e) {
            // told below, as any other bad value
        }
        throw new IllegalArgumentException(name + " " + text + ": expected a whole number from " + least + " up");
    }

    /** A number above 0, or 0 where there is none. */
    double positive(String name) {
        String text = text(name);
        if (text == null) {
            return 0;
        }
        try {
            double value = Double.parseDouble(text);
            if (value > 0 && value < Double.POSITIVE_INFINITY) {
                return value;
            }
        } catch (NumberFormatException e) {
            // told below, as any other bad value
        }
        throw new IllegalArgumentException(name + " " + text + ": expected a number above 0");
    }
}
