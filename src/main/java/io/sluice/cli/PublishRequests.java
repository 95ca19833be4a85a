package io.sluice.cli;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Sends publishes one after the other, each again with its key until it is answered: then the log has its events once. It gives up before
 * a node with the default configuration forgets the key.
 */
final class PublishRequests {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration GIVES_UP = Duration.ofMinutes(4);

    private final HttpClient client = Web.client();
    private final Consumer<String> notes;
    private boolean wasReached;

    /** @param notes is told why a request has to be repeated, once for each */
    PublishRequests(Consumer<String> notes) {
        this.notes = notes;
    }

    /**
     * The answer to a publish.
     *
     * @param id of its last event, or of the end of the stream
     */
    record Receipt(String id, long count) {}

    /** A publish that the server refuses for good: nothing of it is in the stream. */
    static final class RefusedException extends Exception {

        private static final long serialVersionUID = 1;

        private final int status;

        RefusedException(int status, String message) {
            super(message);
            this.status = status;
        }

        /** Whether it is the body that is wrong, of which a part may be right. */
        boolean isForTheBody() {
            return status == 400 || status == 413 || status == 422;
        }
    }

    /** @param contentType empty for a request without a body */
    Receipt send(Target target, String contentType, String body, String key)
            throws RefusedException, CommandException, InterruptedException {
        Backoff backoff = new Backoff();
        long begin = System.nanoTime();
        boolean isFirst = true;
        while (true) {
            String why;
            Duration asked = Duration.ZERO;
            try {
                HttpResponse<String> response =
                        client.send(request(target, contentType, body, key), BodyHandlers.ofString());
                wasReached = true;
                JsonObject answer = Web.problem(response.body());
                if (response.statusCode() / 100 == 2) {
                    return new Receipt(answer.getString("id", ""), answer.getLong("count", 0L));
                }
                why = Web.refusal(response, answer);
                asked = Web.retryAfter(response);
                if (!Web.isForNow(response.statusCode())) {
                    throw new RefusedException(response.statusCode(), why);
                }
            } catch (IOException e) {
                why = Web.reason(target.url(), e);
                if (!wasReached && e instanceof ConnectException) {
                    throw new CommandException(why);
                }
            }
            Duration wait = backoff.after(asked);
            if (System.nanoTime() - begin + wait.toNanos() > GIVES_UP.toNanos()) {
                throw new CommandException("given up after 4 minutes, nobody can say whether it was published: " + why);
            }
            if (isFirst) {
                notes.accept(why + "; trying again");
                isFirst = false;
            }
            TimeUnit.NANOSECONDS.sleep(wait.toNanos());
        }
    }

    private static HttpRequest request(Target target, String contentType, String body, String key) {
        HttpRequest.Builder request = target.request().timeout(PATIENCE).setHeader("Idempotency-Key", key);
        if (contentType.isEmpty()) {
            return request.POST(BodyPublishers.noBody()).build();
        }
        return request.setHeader("Content-Type", contentType)
                .POST(BodyPublishers.ofString(body, StandardCharsets.UTF_8))
                .build();
    }
}
