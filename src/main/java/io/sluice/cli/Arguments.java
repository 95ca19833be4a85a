package io.sluice.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The arguments of a command: options with a value ({@code --topic a}, {@code --topic=a}), flags, and the rest. A single hyphen does as
 * well, as with the options of Vert.x. The parser of Vert.x takes what follows an option that may be repeated for another value of it,
 * and an unknown option for an argument.
 */
public final class Arguments {

    private final Map<String, List<String>> options = new LinkedHashMap<>();
    private final List<String> rest = new ArrayList<>();

    private Arguments() {}

    /**
     * Parses the arguments of a command.
     *
     * @param valued the names of the options that have a value
     * @param flags the names of those that have none
     * @throws UsageException if an option is unknown, or lacks its value
     */
    public static Arguments parse(List<String> arguments, Set<String> valued, Set<String> flags) {
        Arguments parsed = new Arguments();
        for (int i = 0; i < arguments.size(); i++) {
            String argument = arguments.get(i);
            if (!argument.startsWith("-") || argument.equals("-")) {
                parsed.rest.add(argument);
                continue;
            }
            String text = argument.replaceFirst("^--?", "");
            int equals = text.indexOf('=');
            String name = equals < 0 ? text : text.substring(0, equals);
            if (flags.contains(name)) {
                requireNoValue(name, equals);
                parsed.add(name, "");
            } else if (!valued.contains(name)) {
                throw unknown(argument, valued, flags);
            } else if (equals >= 0) {
                parsed.add(name, text.substring(equals + 1));
            } else if (++i < arguments.size()) {
                parsed.add(name, arguments.get(i));
            } else {
                throw new UsageException(argument + ": expected a value behind it");
            }
        }
        return parsed;
    }

    private static void requireNoValue(String name, int equals) {
        if (equals >= 0) {
            throw new UsageException("--" + name + ": expected no value");
        }
    }

    private static UsageException unknown(String argument, Set<String> valued, Set<String> flags) {
        Set<String> known = new TreeSet<>();
        valued.forEach(name -> known.add("--" + name));
        flags.forEach(name -> known.add("--" + name));
        String option = argument.replaceFirst("=.*", "");
        String expected = Nearest.of(option, known)
                .map(nearest -> "did you mean " + nearest + "?")
                .orElse("expected one of " + String.join(", ", known));
        return new UsageException(option + ": no such option; " + expected);
    }

    private void add(String name, String value) {
        options.computeIfAbsent(name, key -> new ArrayList<>()).add(value);
    }

    /** All values of an option that may be repeated. */
    List<String> all(String name) {
        return options.getOrDefault(name, List.of());
    }

    /**
     * The value of an option.
     *
     * @throws UsageException if there is more than one
     */
    public Optional<String> value(String name) {
        List<String> values = all(name);
        if (values.size() > 1) {
            throw new UsageException("--" + name + ": expected once");
        }
        return values.stream().findFirst();
    }

    public boolean has(String name) {
        return options.containsKey(name);
    }

    /**
     * The only argument that is no option.
     *
     * @param what it is
     * @throws UsageException if there are more, or none
     */
    public String only(String what) {
        return atMostOne(what).orElseThrow(() -> new UsageException("expected " + what));
    }

    /** The only argument that is no option, if there is one. */
    public Optional<String> atMostOne(String what) {
        if (rest.size() > 1) {
            throw new UsageException("\"" + rest.get(1) + "\": expected " + what + " alone");
        }
        return rest.stream().findFirst();
    }
}
