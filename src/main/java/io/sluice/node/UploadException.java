package io.sluice.node;

import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.handler.HttpException;
import org.jspecify.annotations.Nullable;

/** A {@link LineUpload} came to an end before its body did, or at a line that is wrong. The answer says how far it came. */
final class UploadException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final int status;
    private final long line;
    private final transient Taken taken;

    /**
     * Adds to a failure how far the upload came.
     *
     * @param line the line that is wrong, from 1; 0 if none is
     */
    UploadException(Throwable failure, long line, Taken taken) {
        super(detail(failure, taken), failure);
        this.status = failure instanceof HttpException http ? http.getStatusCode() : 500;
        this.line = line;
        this.taken = taken;
    }

    private static String detail(Throwable failure, Taken taken) {
        @Nullable String why = failure instanceof HttpException http ? http.getPayload() : null;
        return (why == null ? ProblemDetails.NODE_FAILED : why) + "; " + taken;
    }

    int status() {
        return status;
    }

    /** The members that its problem details have beyond those of RFC 9457. */
    JsonObject members() {
        JsonObject members = line == 0 ? new JsonObject() : new JsonObject().put("line", line);
        return members.mergeIn(taken.toJson());
    }
}
