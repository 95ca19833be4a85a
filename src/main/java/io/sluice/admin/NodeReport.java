package io.sluice.admin;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sluice.metrics.StreamSnapshot;
import java.util.List;
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
        List<StreamSnapshot> streams,
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

    /**
     * The memory of the JVM.
     *
     * @param max 0 if there is no limit
     */
    public record Heap(long used, long max) {}

    /** Files that the process has open, each connection among them; 0 where it cannot be known. */
    public record Files(long open, long max) {}

    /**
     * A member of the cluster.
     *
     * @param here whether it is the node that reports
     */
    public record Member(String member, boolean here) {}
}
