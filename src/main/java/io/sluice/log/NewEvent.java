package io.sluice.log;

import io.netty.buffer.ByteBufUtil;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a producer asks a stream to take: an {@link Event} that has no id and no time yet.
 *
 * @param topic what it is about: 1 to 255 characters, no control character; {@code *} and {@code >} are for filters
 * @param type the name that a browser's {@code addEventListener} takes, or null for {@code message}: as the topic, and
 *     none of {@code close}, {@code gap} and {@code sluice-node}, which are Sluice's own
 * @param data any Unicode text, usually JSON; it may be empty and may have several lines
 */
public record NewEvent(String topic, @Nullable String type, String data) {

    private static final Set<String> RESERVED = Set.of("close", "gap", "sluice-node");

    /** @throws IllegalArgumentException that names the value and what is expected */
    public NewEvent {
        TopicRules.requireLine("topic", topic);
        if (topic.indexOf('*') >= 0 || topic.indexOf('>') >= 0) {
            throw new IllegalArgumentException(
                    "topic \"" + topic + "\": expected no * and no >, which are for filters");
        }
        if (type != null) {
            TopicRules.requireLine("type", type);
            if (RESERVED.contains(type)) {
                throw new IllegalArgumentException("type \"" + type + "\" is Sluice's own: expected another name");
            }
        }
        TopicRules.requireUnicode("data", data);
    }

    /** The size of the data as it will be sent, in bytes of UTF-8. */
    public int size() {
        return ByteBufUtil.utf8Bytes(data);
    }
}
