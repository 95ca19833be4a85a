package io.sluice.node;

import static io.sluice.log.InvalidOptionException.require;

import io.sluice.log.InvalidOptionException;
import io.sluice.stream.TopicFilter;
import io.vertx.ext.bridge.PermittedOptions;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Bus addresses that clients of the bridge may use, as patterns like those for topics: {@code prices.eur}, {@code prices.*},
 * {@code prices.>}. The first token is always literal, so that none takes in the bus's own addresses by accident.
 */
record BridgeAddresses(List<String> patterns) {

    BridgeAddresses {
        patterns = List.copyOf(patterns);
    }

    /** @throws InvalidOptionException with an index into the option */
    BridgeAddresses requireValid(String option) {
        for (int i = 0; i < patterns.size(); i++) {
            String pattern = patterns.get(i);
            require(
                    isValid(pattern),
                    option + "[" + i + "]",
                    '"' + pattern + '"',
                    "a bus address, or a pattern such as \"prices.*\" or \"prices.>\" whose first part is no wildcard");
            require(patterns.indexOf(pattern) == i, option + "[" + i + "]", '"' + pattern + '"', "each once");
        }
        return this;
    }

    private static boolean isValid(String pattern) {
        try {
            TopicFilter.of(List.of(pattern));
            return !pattern.startsWith("*") && !pattern.startsWith(">");
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    boolean isEmpty() {
        return patterns.isEmpty();
    }

    boolean permits(String address) {
        return !isEmpty() && TopicFilter.of(patterns).matches(address); // a filter without patterns lets all pass
    }

    /** The same in the words of Vert.x. */
    List<PermittedOptions> options() {
        return patterns.stream().map(BridgeAddresses::option).toList();
    }

    private static PermittedOptions option(String pattern) {
        return pattern.indexOf('*') < 0 && pattern.indexOf('>') < 0
                ? new PermittedOptions().setAddress(pattern)
                : new PermittedOptions().setAddressRegex(regex(pattern));
    }

    private static String regex(String pattern) {
        String[] tokens = pattern.split("\\.", -1);
        StringBuilder regex = new StringBuilder("(?s)");
        for (int i = 0; i < tokens.length; i++) {
            regex.append(i == 0 ? "" : "\\.")
                    .append(
                            switch (tokens[i]) {
                                case "*" -> "[^.]*";
                                case ">" -> ".*";
                                default -> Pattern.quote(tokens[i]);
                            });
        }
        return regex.toString();
    }
}
