package io.sluice.sse;

import io.netty.handler.codec.http.HttpResponseStatus;
import io.sluice.log.EventId;
import io.sluice.stream.CloseReason;
import io.vertx.core.Future;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The way of a poll's answer: what a subscription is written is collected here, and the response is written and ended at once.
 *
 * <pre>
 *    behind:   events and gaps of its own cursor --> {@link PollAnswer}      full, or at the head with something: answered
 *    live:     nothing; it waits                                           news: behind again     its time is over: answered
 * </pre>
 *
 * <p>So the answer holds exactly what is between the client's position and the next one. Event loop only.
 */
final class PollPath implements WritePath, Words {

    private static final byte[] NOTHING = {};

    private final HttpServerRequest request;
    private final WritePath client;
    private final PollAnswer answer;
    private final long patientUntil;

    // The answer is complete, wherever the subscription stands.
    private boolean full;
    private boolean deleted;
    private boolean ending;

    /**
     * Makes the way of one poll.
     *
     * @param client the way to the client
     * @param patientUntil how long the poll waits at the head, in milliseconds of the hub's clock
     */
    PollPath(HttpServerRequest request, WritePath client, PollAnswer answer, long patientUntil) {
        this.request = request;
        this.client = client;
        this.answer = answer;
        this.patientUntil = patientUntil;
    }

    // ---- when it is answered

    /** How long the poll waits at the head, in milliseconds of the hub's clock. */
    long patientUntil() {
        return patientUntil;
    }

    /**
     * Whether it is answered now.
     *
     * @param atHead whether the subscription has all that there is
     * @param hasRoom whether more may be collected; memory may be short
     */
    boolean isDue(boolean atHead, boolean hasRoom, long now) {
        boolean hasNews = !answer.isEmpty();
        return full || (hasNews && (atHead || !hasRoom)) || (atHead && now >= patientUntil);
    }

    /** The events that come next are no longer kept. An answer that has something ends before them; the next one begins with the gap. */
    boolean endsAtGap(FrameBatch blocks) {
        full |= !answer.isEmpty() || !blocks.isEmpty();
        return full;
    }

    @Override
    public boolean takes(FrameBatch blocks, int bytes) {
        boolean takes = answer.takes(blocks, bytes);
        full |= !takes;
        return takes;
    }

    // ---- what the subscription is told

    @Override
    public byte[] position(EventId position) {
        return NOTHING;
    }

    @Override
    public byte[] heartbeat(@Nullable EventId position) {
        return NOTHING;
    }

    @Override
    public byte[] gap(@Nullable String after, EventId position, @Nullable EventId next, @Nullable Long lost) {
        answer.tellGap(SseWords.gapData(after, next, lost));
        return NOTHING;
    }

    @Override
    public byte[] close(@Nullable EventId position, long retryMillis, CloseReason reason) {
        deleted = reason == CloseReason.DELETED;
        return deleted ? NOTHING : answer.json(position, reason == CloseReason.END);
    }

    // ---- its bytes

    @Override
    public void connect(Listener listener) {
        client.connect(listener);
    }

    /** Only the whole answer waits for the socket. */
    @Override
    public boolean isFull() {
        return ending && client.pending() > 0;
    }

    @Override
    public int room() {
        return Integer.MAX_VALUE;
    }

    @Override
    public long progress() {
        return client.progress();
    }

    @Override
    public long pending() {
        return ending ? client.pending() : answer.bytes();
    }

    @Override
    public boolean isShared() {
        return false;
    }

    @Override
    public void write(FrameBatch blocks) {
        answer.add(blocks);
    }

    @Override
    public Future<Void> end(byte[] body) {
        if (!ClientSocket.isOpen(request.response())) {
            return Future.succeededFuture();
        }
        ending = true;
        answer.clear();
        if (deleted) {
            ProblemResponse.end(request, HttpResponseStatus.NOT_FOUND.code(), "the stream was deleted");
            return Future.succeededFuture();
        }
        request.response().putHeader(HttpHeaders.CONTENT_LENGTH, Integer.toString(body.length));
        return client.end(body);
    }

    @Override
    public void refuse(SseWords words, CloseReason reason, long retryMillis) {
        if (ClientSocket.isOpen(request.response())) {
            request.response().putHeader(HttpHeaders.RETRY_AFTER, retryAfter(retryMillis));
            ProblemResponse.end(request, HttpResponseStatus.SERVICE_UNAVAILABLE.code(), why(reason));
        }
    }

    /** In seconds, 1 or more. */
    static String retryAfter(long millis) {
        return Long.toString(Math.max(1, TimeUnit.MILLISECONDS.toSeconds(millis + 999)));
    }

    private static String why(CloseReason reason) {
        String why =
                switch (reason) {
                    case OVERLOAD -> "the node has as many clients as it takes";
                    case DRAIN -> "the node stops";
                    default -> "the rights to read were revoked, or are others now";
                };
        return why + ": expected to be asked again later";
    }

    @Override
    public void abort() {
        client.abort();
    }
}
