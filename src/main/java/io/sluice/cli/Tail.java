package io.sluice.cli;

import io.sluice.log.Durations;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Follows a stream on and on. It comes back with the last id when the connection breaks, the lifetime is over, the node restarts or has
 * no room, and stops when the stream ends or the server refuses it for good.
 */
public final class Tail {

    private static final Set<String> VALUED = Set.of("topic", "last-id", "since");
    private static final Set<String> FLAGS = Set.of("json");
    private static final Duration SILENCE = Duration.ofSeconds(60);

    private final HttpClient client = Web.client();
    private final Target target;
    private final TailPrinter printer;
    private final Backoff backoff = new Backoff();
    private volatile String lastId;
    private volatile @Nullable EventReader reader;
    private volatile boolean isDone;
    private boolean wasOpen;
    private boolean isAway;

    private Tail(Target target, String lastId, TailPrinter printer) {
        this.target = target;
        this.lastId = lastId;
        this.printer = printer;
    }

    /**
     * Runs the command until its end.
     *
     * @return an {@link ExitCode}
     * @throws UsageException if the arguments are wrong
     */
    public static int run(List<String> arguments, Console console) throws InterruptedException {
        Set<String> valued = new HashSet<>(VALUED);
        valued.addAll(Target.OPTIONS);
        Arguments parsed = Arguments.parse(arguments, valued, FLAGS);
        boolean isJson = parsed.has("json");
        Target target = target(parsed, isJson);
        Tail tail = new Tail(target, parsed.value("last-id").orElse(""), new TailPrinter(console, isJson));
        tail.request();
        return tail.runUntilItsEnd();
    }

    private static Target target(Arguments arguments, boolean isJson) {
        Target target =
                Target.of(arguments.only("the URL of a stream, such as http://localhost:8080/events"), arguments);
        for (String topic : arguments.all("topic")) {
            target = target.with("topic", topic);
        }
        Optional<String> since = arguments.value("since");
        since.ifPresent(Tail::requireTime);
        if (since.isPresent()) {
            target = target.with("since", since.get());
        }
        boolean hasFrame = String.valueOf(target.url().getRawQuery()).matches("(.*&)?frame=.*");
        return isJson && !hasFrame ? target.with("frame", "envelope") : target;
    }

    private static void requireTime(String since) {
        try {
            if (!Durations.isDuration(since)) {
                Instant.parse(since);
            }
        } catch (DateTimeParseException e) {
            throw new UsageException("--since \"" + since + "\": expected " + Durations.EXPECTED
                    + ", or a time as 2026-11-26T12:00:00Z");
        }
    }

    private int runUntilItsEnd() throws InterruptedException {
        Goodbye goodbye = Goodbye.says(this::sayWhereToGoOn);
        Thread redraw = new Thread(this::redraw, "status");
        redraw.setDaemon(true);
        redraw.start();
        try {
            Next next = attempt();
            while (next.isAgain()) {
                TimeUnit.NANOSECONDS.sleep(next.pause().toNanos());
                next = attempt();
            }
            printer.clear();
            if (!next.line().isEmpty()) {
                printer.note(next.line());
            }
            return next.code();
        } finally {
            isDone = true;
            goodbye.cancel();
            redraw.interrupt();
        }
    }

    private void redraw() {
        try {
            while (!isDone) {
                TimeUnit.SECONDS.sleep(1);
                printer.refresh(position());
            }
        } catch (InterruptedException e) {
            // It has ended.
        }
    }

    /** After Ctrl-C. */
    private void sayWhereToGoOn() {
        String last = position();
        if (!isDone && !last.isEmpty()) {
            printer.clear();
            printer.note("last id " + Web.visible(last) + "; go on with --last-id " + Web.visible(last));
        }
    }

    private String position() {
        EventReader now = reader;
        return now == null ? lastId : now.lastId();
    }

    private HttpRequest request() {
        HttpRequest.Builder request = target.request().setHeader("Accept", "text/event-stream");
        if (!lastId.isEmpty()) {
            try {
                request.setHeader("Last-Event-ID", lastId);
            } catch (IllegalArgumentException e) {
                throw new UsageException("--last-id: expected an id such as k3f9a2-1024");
            }
        }
        return request.build();
    }

    private Next attempt() throws InterruptedException {
        HttpResponse<InputStream> response;
        try {
            response = client.send(request(), BodyHandlers.ofInputStream());
        } catch (IOException e) {
            String reason = Web.reason(target.url(), e);
            return wasOpen ? again(reason, Duration.ZERO) : Next.failed(reason);
        }
        WatchedInput body = new WatchedInput(response.body(), SILENCE);
        try (body) {
            return answered(response, body);
        } catch (IOException e) {
            return body.isSilent() ? Next.again(Duration.ZERO) : again(Web.reason(target.url(), e), Duration.ZERO);
        }
    }

    private Next answered(HttpResponse<InputStream> response, InputStream body)
            throws IOException, InterruptedException {
        int status = response.statusCode();
        if (status == 204) {
            return Next.OK;
        }
        if (status != 200) {
            String refusal = target.url() + ": " + Web.refusal(response, Web.problem(body));
            return Web.isForNow(status) ? again(refusal, Web.retryAfter(response)) : Next.failed(refusal);
        }
        String type = response.headers().firstValue("Content-Type").orElse("none");
        if (!type.startsWith("text/event-stream")) {
            return Next.failed(
                    target.url() + ": expected an event stream, and its Content-Type is " + Web.visible(type));
        }
        wasOpen = true;
        return read(body);
    }

    private Next read(InputStream body) throws IOException {
        EventReader events = new EventReader(body, lastId);
        reader = events;
        printer.state("open", lastId);
        try {
            for (Message event = events.next(); event != null; event = events.next()) {
                if (event.type().equals("close")) {
                    return closed(event.data(), events.retry().orElse(Duration.ZERO));
                }
                backoff.reset();
                isAway = false;
                print(event);
                if (events.isDry() && !printer.flush(events.lastId())) {
                    return Next.OK;
                }
            }
            return again(target.url() + ": the connection ended", events.retry().orElse(Duration.ZERO));
        } finally {
            lastId = events.lastId();
            reader = null;
            printer.flush(lastId);
        }
    }

    private void print(Message event) {
        switch (event.type()) {
            case "gap" -> printer.gap(event.data());
            case "sluice-node" -> {
                // The URL has ?node.
            }
            default -> printer.event(event);
        }
    }

    /** The server has ended the response, and says why. */
    private Next closed(String data, Duration retry) {
        String reason = Web.json(data).map(close -> close.getString("reason")).orElse("");
        return switch (reason) {
            case "end" -> Next.OK;
            case "deleted" -> Next.failed(target.url() + ": the stream was deleted");
            case "", "expired" -> {
                backoff.reset();
                printer.state("waiting", position());
                yield Next.again(retry);
            }
            default -> again(target.url() + ": closed for " + Web.visible(reason), retry);
        };
    }

    /** Says once why it is away. */
    private Next again(String why, Duration asked) {
        Duration wait = backoff.after(asked);
        if (!isAway) {
            printer.note(why + "; trying again");
            isAway = true;
        }
        printer.state("away", position());
        return Next.again(wait);
    }

    /** What follows a connection: another one after a wait, or the end with a code and a line. */
    private record Next(boolean isAgain, Duration pause, int code, String line) {

        static final Next OK = new Next(false, Duration.ZERO, ExitCode.OK, "");

        static Next again(Duration pause) {
            return new Next(true, pause, ExitCode.OK, "");
        }

        static Next failed(String line) {
            return new Next(false, Duration.ZERO, ExitCode.FAILED, line);
        }
    }
}
