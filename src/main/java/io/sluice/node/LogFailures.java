package io.sluice.node;

import io.sluice.stream.PublishFailure;
import io.vertx.ext.web.handler.HttpException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a log's failures are to those who publish, and to the node's output: one line when they begin, and one when they are over. A log
 * that fails every now and then has two lines in 10 s at most. Event loop only.
 */
final class LogFailures {

    private static final Logger LOG = LoggerFactory.getLogger(LogFailures.class);

    private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final String stream;
    private long sinceSuccess;
    private boolean isSaid;
    private long saidAt = System.nanoTime() - PAUSE_NANOS;

    /** @param stream the name of the stream or template */
    LogFailures(String stream) {
        this.stream = stream;
    }

    /**
     * The answer to a request that has failed.
     *
     * @param advice whether it may be repeated, if nobody knows what it has done
     */
    HttpException refusal(Throwable failure, String advice) {
        PublishFailure why = PublishFailure.of(failure);
        if (why != PublishFailure.OUTCOME_UNKNOWN) {
            return new HttpException(why.httpStatus(), failure.getMessage());
        }
        sinceSuccess++;
        if (!isSaid && System.nanoTime() - saidAt >= PAUSE_NANOS) {
            isSaid = true;
            saidAt = System.nanoTime();
            LOG.warn("stream {}: its log fails, and requests with it: {}", stream, failure.toString());
            LOG.debug("stream {}: where its log fails", stream, failure);
        }
        return new HttpException(why.httpStatus(), "the log failed, and nobody can say whether it has this: " + advice);
    }

    /** The log has taken something. */
    void over() {
        if (isSaid) {
            LOG.info("stream {}: its log works again, after {} requests that failed", stream, sinceSuccess);
            isSaid = false;
        }
        sinceSuccess = 0;
    }
}
