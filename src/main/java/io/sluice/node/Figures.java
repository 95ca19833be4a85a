package io.sluice.node;

import io.sluice.metrics.StreamFigures;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** The figures of a node's streams, where there is an admin listener that tells them. */
final class Figures {

    private Figures() {}

    /**
     * Counts from now on.
     *
     * @param streams that have no client yet
     */
    static List<StreamFigures> of(NodeConfig config, Logs logs, NodeStreams streams) {
        if (config.admin() == null) {
            return List.of();
        }
        return Stream.concat(
                        streams.declared().stream()
                                .map(stream -> StreamFigures.of(
                                        stream,
                                        word(logs.resolve(config.stream(stream).log())))),
                        streams.templates().stream()
                                .map(template -> StreamFigures.of(
                                        template,
                                        word(logs.resolve(
                                                config.template(template).log())))))
                .toList();
    }

    private static String word(LogKind kind) {
        return kind.name().toLowerCase(Locale.ROOT);
    }
}
