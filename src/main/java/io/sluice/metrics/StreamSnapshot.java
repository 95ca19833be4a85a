package io.sluice.metrics;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What has happened to one stream at this node since it started, and how it is now. Counts are totals; sizes are in bytes, and times in
 * seconds.
 *
 * @param name the declared name, or the template: {@code chat/*}, whose figures are those of all of its streams
 * @param template whether it is a template
 * @param log where its order is decided: {@code memory}, {@code hazelcast} or {@code redis}
 * @param up whether events can be published, and arrive here
 * @param leading whether this node leads the log, or a shard of it
 * @param subscriptions open now
 * @param behind how many of these read on from a position of their own
 * @param opened subscriptions, polls too
 * @param closes subscriptions that have ended, by reason in lower case; without those of which there was none
 * @param refused clients that were told to come back later, by reason in lower case; without those of which there was none
 * @param events that have reached this node's journal
 * @param deliveries events times the subscribers that they were written to
 * @param bytes of the deliveries
 * @param resumes of clients that came back
 * @param gaps that clients were told of
 * @param lost the events in those, as far as it is known
 * @param dropped messages on the bus
 * @param published batches, with a receipt
 * @param publishFailed publishers that were refused, or failed
 * @param journal what the node holds
 * @param streams of a template, at this node; 1 if it is a declared stream
 * @param latency of the deliveries of the last 10 s or so; null if there was none
 */
public record StreamSnapshot(
        String name,
        boolean template,
        String log,
        boolean up,
        boolean leading,
        long subscriptions,
        long behind,
        long opened,
        Map<String, Long> closes,
        Map<String, Long> refused,
        long events,
        long deliveries,
        long bytes,
        Resumes resumes,
        long gaps,
        long lost,
        long dropped,
        long published,
        long publishFailed,
        Journal journal,
        int streams,
        @Nullable Latency latency) {

    /** Clients that came back with an id, or for what was since a time: how many went on exactly, with a gap of known length, or with another one. */
    public record Resumes(long exact, long gap, long unknown) {}

    /** The events that this node holds. */
    public record Journal(long events, long bytes) {}

    /** From the arrival of an event at this node to the end of its writing, in seconds: the median, and what one in a hundred exceeds. */
    public record Latency(double p50, double p99) {}
}
