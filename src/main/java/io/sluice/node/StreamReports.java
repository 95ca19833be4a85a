package io.sluice.node;

import io.sluice.admin.NodeReport;
import io.sluice.admin.StreamCounts;
import io.sluice.log.Journal;
import io.sluice.stream.EventStream;
import io.sluice.stream.StreamTemplate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Counts what happens to each stream of a node, if there is a listener that tells it. Any thread. */
final class StreamReports {

    private final NodeConfig config;
    private final Logs logs;
    private final Map<EventStream, StreamCounts> declared = new LinkedHashMap<>();
    private final Map<StreamTemplate, StreamCounts> templates = new LinkedHashMap<>();

    /** @param streams that have no client yet */
    StreamReports(NodeConfig config, Logs logs, NodeStreams streams) {
        this.config = config;
        this.logs = logs;
        if (config.admin() != null) {
            streams.declared().forEach(stream -> declared.put(stream, new StreamCounts()));
            streams.templates().forEach(template -> templates.put(template, new StreamCounts()));
        }
        declared.forEach(EventStream::addListener);
        templates.forEach(StreamTemplate::addListener);
    }

    /** How many subscriptions read on from a position of their own. */
    long behind() {
        return Stream.concat(declared.values().stream(), templates.values().stream())
                .mapToLong(StreamCounts::behind)
                .sum();
    }

    List<NodeReport.Stream> reports() {
        return Stream.concat(
                        declared.entrySet().stream()
                                .map(stream -> stream.getValue().report(state(stream.getKey()))),
                        templates.entrySet().stream()
                                .map(template -> template.getValue().report(state(template.getKey()))))
                .toList();
    }

    private StreamCounts.State state(EventStream stream) {
        Journal.Contents contents = stream.journal().contents();
        return new StreamCounts.State(
                stream.name(),
                false,
                word(logs.resolve(config.stream(stream).log())),
                stream.isFollowing(),
                stream.isLeading(),
                new NodeReport.Kept(contents.events(), contents.bytes()),
                1);
    }

    private StreamCounts.State state(StreamTemplate template) {
        LogKind log = logs.resolve(config.template(template).log());
        // The shards of a template in Hazelcast have a leader each.
        @Nullable Boolean leading = log == LogKind.HAZELCAST ? null : true;
        return new StreamCounts.State(
                template.name() + StreamNames.ANY,
                true,
                word(log),
                template.isFollowing(),
                leading,
                new NodeReport.Kept(0, 0),
                0);
    }

    private static String word(LogKind kind) {
        return (kind == LogKind.AUTO ? LogKind.MEMORY : kind).name().toLowerCase(Locale.ROOT);
    }
}
