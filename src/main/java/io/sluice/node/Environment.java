package io.sluice.node;

import com.fasterxml.jackson.databind.JavaType;
import io.sluice.hazelcast.ClusterConfig;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The variables that set keys of a node's configuration: {@code SLUICE_}, and the path of the key in capitals with {@code _} between its
 * levels. {@code SLUICE_HTTP_PORT} is {@code http.port}, {@code SLUICE_STREAMS_CHAT_IDLE} is {@code streams.chat/*.idle}.
 */
final class Environment {

    private static final String PREFIX = "SLUICE_";

    /** Variables that are no keys. */
    private static final Set<String> OTHERS = Set.of(ClusterConfig.MEMBERS);

    /** Kubernetes tells each container of each Service of its namespace, and one may be called "sluice". */
    private static final Pattern SERVICE_LINK = Pattern.compile(
            "(SLUICE(?:_\\w+?)??)_(SERVICE_HOST|SERVICE_PORT(_\\w+)?|PORT(_\\d+_(TCP|UDP|SCTP)(_\\w+)?)?)");

    private final Map<String, String> variables;

    /** @param variables of the process */
    Environment(Map<String, String> variables) {
        this.variables = variables;
    }

    /**
     * Sets the keys in a configuration. Shorter names come first, so that {@code SLUICE_STREAMS} declares a stream of which a longer
     * name sets a key.
     *
     * @return the variable by the path of its key
     * @throws ConfigException if a variable is no key, or no JSON where that is expected
     */
    Map<String, String> apply(JsonObject json) {
        Map<String, String> set = new LinkedHashMap<>();
        List<String> unknown = new ArrayList<>();
        for (String variable : candidates()) {
            Optional<ConfigKey> key = key(json, variable);
            key.ifPresent(found -> {
                found.set(json, value(variable, found.type()));
                set.put(found.path(), variable);
            });
            if (key.isEmpty()) {
                unknown.add(variable);
            }
        }
        requireNamed(unknown, json);
        return set;
    }

    private List<String> candidates() {
        return variables.keySet().stream()
                .filter(name -> name.startsWith(PREFIX) && !OTHERS.contains(name) && !isServiceLink(name))
                .sorted(Comparator.comparingInt(String::length).thenComparing(Comparator.naturalOrder()))
                .toList();
    }

    private boolean isServiceLink(String name) {
        Matcher link = SERVICE_LINK.matcher(name);
        return link.matches()
                && variables.containsKey(link.group(1) + "_SERVICE_HOST")
                && (!link.group(2).equals("PORT")
                        || variables.getOrDefault(name, "").contains("://"));
    }

    private static Optional<ConfigKey> key(JsonObject json, String variable) {
        List<ConfigKey> found = ConfigKey.all(json)
                .filter(key -> name(key).equals(variable.toUpperCase(Locale.ROOT)))
                .toList();
        if (found.size() > 1) {
            throw new ConfigException(variable + ": it may be "
                    + found.stream().map(ConfigKey::path).collect(Collectors.joining(" or "))
                    + ": expected SLUICE_STREAMS, and a JSON object of all streams");
        }
        return found.stream().findFirst();
    }

    /** The name of the variable of a key. */
    private static String name(ConfigKey key) {
        return PREFIX
                + key.keys().stream()
                        .map(part -> part.replaceFirst("/\\*$", "").replaceAll("[^A-Za-z0-9]", "_"))
                        .collect(Collectors.joining("_"))
                        .toUpperCase(Locale.ROOT);
    }

    /** What a variable says: JSON where the key is no text. What is no number or boolean there is left for the check of the whole. */
    private @Nullable Object value(String variable, JavaType type) {
        String text = variables.getOrDefault(variable, "");
        if (ConfigMapper.isText(type) || text.isBlank()) {
            return text;
        }
        boolean isScalar = type.isTypeOrSubTypeOf(Number.class) || type.hasRawClass(Boolean.class);
        try {
            return ConfigReader.parseAny(text);
        } catch (ConfigException e) {
            if (isScalar) {
                return text;
            }
            String expected = type.isCollectionLikeType() ? "a JSON list" : "a JSON object";
            throw new ConfigException(variable + ": expected " + expected + ": " + e.getMessage());
        }
    }

    /** A variable may hold a secret to which the configuration points by {@code env:}. */
    private static void requireNamed(List<String> unknown, JsonObject json) {
        for (String variable : unknown) {
            if (!refersTo(json, "env:" + variable)) {
                throw new ConfigException(
                        variable + ": no such key"
                                + similar(json, variable)
                                        .map(name -> "; did you mean " + name + "?")
                                        .orElse(
                                                "; expected a key of the configuration, such as SLUICE_HTTP_PORT for http.port"));
            }
        }
    }

    private static boolean refersTo(@Nullable Object value, String reference) {
        if (value instanceof JsonObject object) {
            return object.stream().anyMatch(field -> refersTo(field.getValue(), reference));
        }
        return value instanceof JsonArray list
                ? list.stream().anyMatch(element -> refersTo(element, reference))
                : reference.equals(value);
    }

    private static Optional<String> similar(JsonObject json, String variable) {
        Map<Integer, String> byDistance = new TreeMap<>();
        names(json).forEach(name -> byDistance.putIfAbsent(distance(name, variable.toUpperCase(Locale.ROOT)), name));
        return byDistance.entrySet().stream()
                .findFirst()
                .filter(closest -> closest.getKey() <= Math.max(2, (variable.length() - PREFIX.length()) / 4))
                .map(Map.Entry::getValue);
    }

    private static Stream<String> names(JsonObject json) {
        return Stream.concat(ConfigKey.all(json).map(Environment::name), OTHERS.stream());
    }

    /** How many letters are to be put in, left out, or changed to make one text the other: Levenshtein. */
    private static int distance(String from, String to) {
        int[] before = new int[to.length() + 1];
        for (int j = 0; j <= to.length(); j++) {
            before[j] = j;
        }
        for (int i = 1; i <= from.length(); i++) {
            int[] row = new int[to.length() + 1];
            row[0] = i;
            for (int j = 1; j <= to.length(); j++) {
                int change = before[j - 1] + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(change, 1 + Math.min(before[j], row[j - 1]));
            }
            before = row;
        }
        return before[to.length()];
    }
}
