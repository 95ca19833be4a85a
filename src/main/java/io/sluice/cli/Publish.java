package io.sluice.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import io.sluice.cli.InputLines.InputLine;
import io.sluice.cli.PublishRequests.Receipt;
import io.sluice.cli.PublishRequests.RefusedException;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;

/**
 * Publishes each line of the input as an event. The event is the line byte for byte, whether it is JSON or text; blank lines are none.
 * Lines of JSON that are there already go in one request. Each request has a key, with which it is repeated until it is answered.
 */
public final class Publish {

    private static final Set<String> VALUED = Set.of("topic", "type", "key");
    private static final Set<String> FLAGS = Set.of("json", "end");
    private static final JsonFactory JSON = new JsonFactory();

    private final Target target;
    private final boolean isJson;
    private final Optional<String> key;
    private final String ownKey = UUID.randomUUID().toString();
    private final Console console;
    private final StatusLine status;
    private final PublishRequests requests = new PublishRequests(this::note);
    private long sent;
    private final AtomicLong count = new AtomicLong();
    private volatile String lastId = "";
    private volatile boolean isDone;

    private Publish(Target target, boolean isJson, Optional<String> key, Console console) {
        this.target = target;
        this.isJson = isJson;
        this.key = key;
        this.console = console;
        this.status = new StatusLine(console, console.tellsProgress());
    }

    /**
     * Runs the command until the end of the input.
     *
     * @return an {@link ExitCode}
     * @throws UsageException if the arguments are wrong
     */
    public static int run(List<String> arguments, Console console) throws InterruptedException {
        Set<String> valued = new HashSet<>(VALUED);
        valued.addAll(Target.OPTIONS);
        Arguments parsed = Arguments.parse(arguments, valued, FLAGS);
        Target target = Target.of(parsed.only("the URL of a stream, such as http://localhost:8080/events"), parsed);
        for (String name : List.of("topic", "type")) {
            Optional<String> value = parsed.value(name);
            target = value.isPresent() ? target.with(name, value.get()) : target;
        }
        Optional<String> key = parsed.value("key");
        key.ifPresent(Publish::requireKey);
        return new Publish(target, parsed.has("json"), key, console).run(parsed.has("end"));
    }

    private static void requireKey(String key) {
        if (!key.matches("[\\x21-\\x7e&&[^\"]]{1,240}")) {
            throw new UsageException("--key: expected 1 to 240 visible ASCII characters without quotes");
        }
    }

    private int run(boolean ends) throws InterruptedException {
        Goodbye goodbye = Goodbye.says(this::sayWhatIsDone);
        try {
            publish(new InputLines(console.in()));
            if (ends) {
                end();
            }
            status.clear();
            console.out().println(receipt() + (ends ? "; the stream has ended" : ""));
            return console.out().checkError() ? ExitCode.FAILED : ExitCode.OK;
        } catch (CommandException e) {
            status.clear();
            console.fail(e.getMessage() + "; published before it: " + receipt());
            return ExitCode.FAILED;
        } finally {
            isDone = true;
            goodbye.cancel();
        }
    }

    /** After Ctrl-C. */
    private void sayWhatIsDone() {
        if (!isDone) {
            status.clear();
            console.err().println("sluice: " + receipt());
        }
    }

    private String receipt() {
        return StatusLine.count(count.get()) + (lastId.isEmpty() ? "" : ", last id " + Web.visible(lastId));
    }

    private void note(String line) {
        status.clear();
        console.err().println("sluice: " + line);
    }

    private void publish(InputLines input) throws CommandException, InterruptedException {
        for (List<InputLine> lines = next(input); !lines.isEmpty(); lines = next(input)) {
            if (lines.size() == 1) {
                publish(lines.get(0));
            } else {
                publish(lines);
            }
            status.show(count.get(), lastId, "", false);
        }
    }

    /** With a key of the user's, what goes together must be the same when the command is repeated: one line. */
    private List<InputLine> next(InputLines input) throws CommandException, InterruptedException {
        return input.next(line -> key.isEmpty() && (isJson || isJson(line)));
    }

    private void publish(List<InputLine> lines) throws CommandException, InterruptedException {
        String body = lines.stream().map(line -> line.text() + "\n").collect(Collectors.joining());
        try {
            taken(requests.send(target, "application/x-ndjson", body, nextKey()));
        } catch (RefusedException e) {
            if (!e.isForTheBody()) {
                throw failed(
                        "lines " + lines.get(0).number() + " to "
                                + lines.get(lines.size() - 1).number(),
                        e);
            }
            // All or none was taken. One by one, those before the wrong one are, and it is found.
            for (InputLine line : lines) {
                publish(line);
            }
        }
    }

    private void publish(InputLine line) throws CommandException, InterruptedException {
        String type = isJson ? "application/json" : "text/plain; charset=utf-8";
        try {
            taken(requests.send(target, type, line.text(), nextKey()));
        } catch (RefusedException e) {
            throw failed("line " + line.number(), e);
        } catch (CommandException e) {
            throw new CommandException("line " + line.number() + ": " + e.getMessage());
        }
    }

    private void end() throws CommandException, InterruptedException {
        try {
            taken(requests.send(
                    target.with("end", "true"),
                    "",
                    "",
                    key.map(given -> given + "-end").orElse(ownKey + "-end")));
        } catch (RefusedException e) {
            throw failed("the end", e);
        }
    }

    private static CommandException failed(String what, RefusedException refused) {
        return new CommandException(what + ": " + refused.getMessage());
    }

    private void taken(Receipt receipt) {
        count.addAndGet(receipt.count());
        lastId = receipt.id();
    }

    /** The first one is the user's as it is: most inputs are one line. */
    private String nextKey() {
        sent++;
        return key.map(given -> sent == 1 ? given : given + "-" + sent).orElseGet(() -> ownKey + "-" + sent);
    }

    /** Whether a line would be the same event as JSON: the server leaves out the space around that. */
    static boolean isJson(String line) {
        if (!(line.startsWith("{") || line.startsWith("[")) || !line.equals(line.strip())) {
            return false;
        }
        try (JsonParser parser = JSON.createParser(line)) {
            parser.nextToken();
            parser.skipChildren();
            return parser.nextToken() == null;
        } catch (IOException e) {
            return false;
        }
    }
}
