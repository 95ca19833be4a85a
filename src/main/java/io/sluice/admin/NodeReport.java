package io.sluice.admin;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a node tells of itself, at {@code /api/node} and in the stream {@code node}. Counts are totals since the start: who wants a rate
 * takes two reports. Sizes are bytes, durations are seconds, times are ISO 8601.
 *
 * @param member its name in its cluster; null if it is alone
 * @param url of its streams
 * @param admin the URL of its admin listener
 * @param eventLoops that serve its streams
 * @param ready whether new clients can be sent to it
 * @param subscriptions that are open
 * @param behind how many of them read on from a position of their own: slow, or not yet through the history
 * @param connections that are open at its port, of whatever kind
 * @param maxSubscriptions the limit; 0 for none
 * @param maxConnections the limit; 0 for none
 * @param cpu what the process uses of all processors, 0 to 1
 * @param direct the memory outside of the heap that buffers hold
 * @param members of its cluster, itself among them; empty if it is alone
 */
public record NodeReport(
        @Nullable String member,
        String version,
        String java,
        String vertx,
        String url,
        String admin,
        String started,
        String time,
        double uptime,
        String transport,
        int eventLoops,
        boolean ready,
        int subscriptions,
        long behind,
        int connections,
        int maxSubscriptions,
        int maxConnections,
        double cpu,
        Heap heap,
        long direct,
        Files files,
        List<Stream> streams,
        List<Member> members) {

    private static final ObjectMapper MAPPER = new ObjectMapper();

    public NodeReport {
        streams = List.copyOf(streams);
        members = List.copyOf(members);
    }

    /** The report as JSON. */
    public String encode() {
        try {
            return MAPPER.writeValueAsString(this);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    /** @param max 0 if there is no limit */
    public record Heap(long used, long max) {}

    /** Files that the process has open, each connection among them; 0 where it cannot be known. */
    public record Files(long open, long max) {}

    /** @param here whether it is the node that reports */
    public record Member(String member, boolean here) {}

    /** @param p50 the median, in seconds */
    public record Latency(double p50, double p99) {}

    /** Those that are kept. */
    public record Kept(long events, long bytes) {}

    /**
     * A stream, or all streams of a template together.
     *
     * @param name as the configuration has it: {@code events}, {@code chat/*}
     * @param log memory, hazelcast or redis
     * @param up whether new events arrive here
     * @param leading whether this node decides on the order; null where it is not one node that does
     * @param opened subscriptions
     * @param closes subscriptions that were closed, by reason
     * @param refused clients that were told to come back, by reason
     * @param events that were appended, wherever they were published
     * @param deliveries events times subscribers
     * @param bytes of deliveries
     * @param resumes clients that came back with an id: {@code exact}, {@code gap}, {@code unknown}
     * @param gaps that subscribers were told of
     * @param lost events in these gaps, as far as that is known
     * @param dropped messages on the bus that nobody could be told were not taken
     * @param published requests over HTTP that published something
     * @param publishFailed requests over HTTP that were to publish something, and did not
     * @param journal what this node holds
     * @param streams how many there are: of a template those that this node knows, else 1
     * @param latency from the arrival of an event at this node until it was written to all who get it, of the last 5 to 10 seconds; null
     *     if there was none
     */
    public record Stream(
            String name,
            boolean template,
            String log,
            boolean up,
            @Nullable Boolean leading,
            long subscriptions,
            long behind,
            long opened,
            Map<String, Long> closes,
            Map<String, Long> refused,
            long events,
            long deliveries,
            long bytes,
            Map<String, Long> resumes,
            long gaps,
            long lost,
            long dropped,
            long published,
            long publishFailed,
            Kept journal,
            int streams,
            @Nullable Latency latency) {}
}
