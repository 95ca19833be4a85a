package io.sluice.node;

import io.sluice.stream.PublishFailure;
import io.vertx.ext.web.handler.HttpException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a log's failures are to those who publish, and to the node's output: one line when they begin, and one when they are over.
 * Event loop only.
 */
final class LogFailures {

    private static final Logger LOG = LoggerFactory.getLogger(LogFailures.class);

    private final String stream;
    private long sinceSuccess;

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
        if (sinceSuccess++ == 0) {
            LOG.warn("stream {}: its log fails, and requests with it: {}", stream, failure.toString());
            LOG.debug("stream {}: where its log fails", stream, failure);
        }
        return new HttpException(why.httpStatus(), "the log failed, and nobody can say whether it has this: " + advice);
    }

    /** The log has taken something. */
    void over() {
        if (sinceSuccess > 0) {
            LOG.info("stream {}: its log works again, after {} requests that failed", stream, sinceSuccess);
            sinceSuccess = 0;
        }
    }
}
