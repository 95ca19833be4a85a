package io.sluice.node;

import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.introspect.BeanPropertyDefinition;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A key that a node's configuration may have, at any level: {@code http}, {@code http.port}.
 *
 * @param keys that lead to it, and its own
 * @param type of its value
 */
record ConfigKey(List<String> keys, JavaType type) {

    private static final String DEFAULT_STREAM = "events";

    /**
     * All that a configuration may have, those of its streams included.
     *
     * @param json the configuration, for the names of the streams
     */
    static Stream<ConfigKey> all(JsonObject json) {
        JavaType node = ConfigMapper.INSTANCE.constructType(NodeConfig.class);
        Set<String> streams =
                json.getValue("streams") instanceof JsonObject named ? named.fieldNames() : Set.of(DEFAULT_STREAM);
        return below(new ConfigKey(List.of(), node), streams);
    }

    private static Stream<ConfigKey> below(ConfigKey level, Set<String> streams) {
        if (level.type.isMapLikeType()) {
            JavaType value = level.type.getContentType();
            return !value.hasRawClass(StreamKeys.class)
                    ? Stream.empty()
                    : streams.stream()
                            .map(name -> level.child(name, value))
                            .flatMap(key -> Stream.concat(Stream.of(key), below(key, streams)));
        }
        return ConfigMapper.isText(level.type) || level.type.isCollectionLikeType()
                ? Stream.empty()
                : ConfigMapper.INSTANCE.getDeserializationConfig().introspect(level.type).findProperties().stream()
                        .filter(BeanPropertyDefinition::hasConstructorParameter)
                        .map(property -> level.child(
                                property.getName(),
                                property.getConstructorParameter().getType()))
                        .flatMap(key -> Stream.concat(Stream.of(key), below(key, streams)));
    }

    private ConfigKey child(String key, JavaType childType) {
        List<String> path = new ArrayList<>(keys);
        path.add(key);
        return new ConfigKey(List.copyOf(path), childType);
    }

    /** As it is named in messages. */
    String path() {
        return String.join(".", keys);
    }

    /** Sets it in a configuration. */
    void set(JsonObject json, @Nullable Object value) {
        JsonObject at = json;
        for (String level : keys.subList(0, keys.size() - 1)) {
            if (!(at.getValue(level) instanceof JsonObject)) {
                at.put(level, new JsonObject());
            }
            at = at.getJsonObject(level);
        }
        at.put(keys.get(keys.size() - 1), value);
    }
}
