package io.sluice.log;

import static io.sluice.log.ShardCommand.CREATES;
import static io.sluice.log.ShardCommand.ENDED;
import static io.sluice.log.ShardCommand.ENDS;
import static io.sluice.log.ShardCommand.LAST;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.sluice.log.ShardCommand.Kind;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Some streams of a template, as the commands in one {@link EventLog} make them: a state machine. Every node reads the same commands
 * in the same order, and so has the same streams with the same events and the same ids, whoever sent the commands.
 *
 * <pre>
 *   the shard's log   | 71: 42 event "Hi" | 72: 7 event "?" | 73: 42 event "!" | 74: 7 end | 75: 42 delete |
 *                                |                |                  |               |             |
 *   chat/42            created, 1: "Hi"           |             2: "!"               |           gone
 *   chat/7                              created, 1: "?"                            ended
 * </pre>
 *
 * <p><b>Numbers</b> of a stream are dense: the order of the shard's log decides them. <b>Epochs</b> are made from the command that
 * created the stream and the epoch of the shard's log, so that they are the same at each node; a stream that is deleted and made anew
 * has another one. If the shard's log begins an epoch, each of its streams does with its next event.
 *
 * <p><b>Refused.</b> A command that comes too late, as an event after the end, changes nothing at any node. Its sender is told.
 *
 * <p>On the shard's context only.
 */
final class Shard implements EventLog.Follower {

    private static final int EPOCH_LETTERS = 8;
    private static final int RADIX = 36;

    private final String template;
    private final NamedStreams streams;
    private final Outcomes outcomes;

    private String epoch = "";
    /** The number of the newest command. */
    private long applied;

    /** The events of one stream that follow each other, and the outcomes that wait for them. */
    private @Nullable NamedStream runOf;

    private final List<Event> run = new ArrayList<>();
    private final List<Runnable> runOutcomes = new ArrayList<>();
    private @Nullable Throwable failure;

    Shard(String template, NamedStreams streams, Outcomes outcomes) {
        this.template = template;
        this.streams = streams;
        this.outcomes = outcomes;
    }

    @Override
    public void reset(Epochs epochs, long n, List<Event> kept) {
        applied = n;
        append(kept);
    }

    @Override
    public void beginEpoch(Epochs epochs) {
        // Each command has its epoch.
    }

    /** Applies commands. If the journal of a stream fails, the others have theirs, and the failure is thrown at the end. */
    @Override
    public void append(List<Event> commands) {
        failure = null;
        for (Event command : commands) {
            apply(command);
        }
        flush();
        if (failure != null) {
            throw new IllegalStateException("a stream of " + template + "/* could not be written", failure);
        }
    }

    private void apply(Event event) {
        String name = event.topic();
        ShardCommand command = ShardCommand.read(event.data());
        if (!event.id().epoch().equals(epoch)) {
            epoch = event.id().epoch();
        }
        applied = event.n();
        NamedStream stream = existing(name);
        switch (command.kind()) {
            case EVENT -> appendTo(stream, name, command, event);
            case CREATE -> create(stream, name, command);
            case END -> end(stream, name, command);
            case DELETE -> delete(stream, command);
            case EXPIRE -> expire(stream, command);
            case START_OVER -> startOver();
        }
    }

    private @Nullable NamedStream existing(String name) {
        NamedStream stream = streams.find(name);
        return stream != null && stream.exists ? stream : null;
    }

    // ---- what a command does

    private void appendTo(@Nullable NamedStream known, String name, ShardCommand command, Event event) {
        NamedStream stream = known == null && command.has(CREATES) ? make(name) : known;
        if (stream == null) {
            answer(command, new Outcome.Unknown());
        } else if (stream.hasEnded) {
            answer(command, new Outcome.Ended());
        } else {
            add(stream, command, event);
        }
    }

    private void add(NamedStream stream, ShardCommand command, Event event) {
        if (runOf != stream) {
            flush();
        }
        String topic = command.topic();
        EventId id = nextId(stream);
        runOf = stream;
        run.add(new Event(id, event.time(), topic == null ? template : topic, command.type(), command.data()));
        if (command.has(LAST)) {
            long position = applied;
            runOutcomes.add(() -> outcomes.settle(command, position, new Outcome.Done(id, true)));
        }
        if (command.has(ENDS)) {
            flush();
            end(stream);
        }
    }

    /** The id of the next event: of the shard's epoch. */
    private EventId nextId(NamedStream stream) {
        long n = ++stream.last;
        if (!stream.shardEpoch.equals(epoch)) {
            String next = epochOf(epoch, stream.firstEpoch);
            stream.epochs = stream.epochs.goOn(new EventId(next, n));
            stream.shardEpoch = epoch;
            flush();
            stream.writer().beginEpoch(stream.epochs);
        }
        return new EventId(stream.epochs.newest(), n);
    }

    private NamedStream make(String name) {
        flush();
        NamedStream stream = streams.created(name);
        stream.shardEpoch = epoch;
        stream.firstEpoch = epochOf(epoch, Long.toString(applied, RADIX));
        stream.last = 0;
        stream.hasEnded = false;
        stream.epochs = Epochs.startingAt(new EventId(stream.firstEpoch, 0));
        stream.writer().reset(stream.epochs, 0, List.of());
        return stream;
    }

    private void create(@Nullable NamedStream known, String name, ShardCommand command) {
        NamedStream stream = known == null ? make(name) : known;
        flush();
        answer(command, new Outcome.Done(position(stream), known == null));
    }

    private void end(@Nullable NamedStream known, String name, ShardCommand command) {
        NamedStream stream = known == null && command.has(CREATES) ? make(name) : known;
        if (stream == null) {
            answer(command, new Outcome.Unknown());
        } else if (stream.hasEnded) {
            answer(command, new Outcome.Ended());
        } else {
            flush();
            end(stream);
            answer(command, new Outcome.Done(position(stream), true));
        }
    }

    private void end(NamedStream stream) {
        stream.hasEnded = true;
        stream.writer().end();
        streams.touch(stream);
    }

    private void delete(@Nullable NamedStream stream, ShardCommand command) {
        if (stream != null) {
            flush();
            streams.deleted(stream, true);
            answer(command, new Outcome.Done(position(stream), true));
        } else {
            answer(command, new Outcome.Unknown());
        }
    }

    /** An event, or an end, that came since the sweep lets the stream live on. */
    private void expire(@Nullable NamedStream stream, ShardCommand command) {
        if (stream != null
                && position(stream).toString().equals(command.data().toString())
                && stream.hasEnded == command.has(ENDED)) {
            flush();
            streams.deleted(stream, command.has(ENDED));
        }
        answer(command, new Outcome.Unknown());
    }

    private void startOver() {
        flush();
        for (NamedStream stream : List.copyOf(streams.all())) {
            if (stream.exists) {
                streams.deleted(stream, false);
            }
        }
    }

    /** The position of a stream: the id of its newest event. */
    static EventId position(NamedStream stream) {
        return new EventId(stream.epochs.newest(), stream.last);
    }

    // ---- journals

    private void flush() {
        NamedStream stream = runOf;
        if (stream == null) {
            return;
        }
        runOf = null;
        try {
            stream.writer().append(List.copyOf(run));
            streams.touch(stream);
            runOutcomes.forEach(Runnable::run);
        } catch (RuntimeException | Error e) {
            failure = failure == null ? e : failure;
            if (stream.writer().isBroken()) {
                streams.deleted(stream, true);
            }
        } finally {
            run.clear();
            runOutcomes.clear();
        }
    }

    private void answer(ShardCommand command, Outcome outcome) {
        if (command.kind() != Kind.EVENT || command.has(LAST)) {
            outcomes.settle(command, applied, outcome);
        }
    }

    /** A name for an epoch: the same at each node, and another one for each creation and each epoch of the shard. */
    static String epochOf(String shardEpoch, String creation) {
        long hash = ByteBuffer.wrap(Batch.sha256().digest((shardEpoch + '-' + creation).getBytes(UTF_8))).getLong() >>> 1;
        StringBuilder letters = new StringBuilder(EPOCH_LETTERS);
        letters.append((char) ('a' + hash % 26));
        hash /= 26;
        while (letters.length() < EPOCH_LETTERS) {
            letters.append(Character.forDigit((int) (hash % RADIX), RADIX));
            hash /= RADIX;
        }
        return letters.toString();
    }
}
