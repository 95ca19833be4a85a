package io.sluice.log;

import static io.sluice.log.ShardCommand.CREATES;
import static io.sluice.log.ShardCommand.ENDED;
import static io.sluice.log.ShardCommand.ENDS;
import static io.sluice.log.ShardCommand.FORGETS;
import static io.sluice.log.ShardCommand.LAST;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.sluice.log.ShardCommand.Kind;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

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
 * <p><b>Lost.</b> If this node cannot keep an event that the log has, for want of memory, the stream's readers get a gap, and the
 * shard goes on: it must not take another way than at other nodes.
 *
 * <p>On the shard's context only.
 */
final class Shard implements EventLog.Follower {

    private static final int EPOCH_LETTERS = 8;
    private static final int RADIX = 36;

    private static final Logger LOG = LoggerFactory.getLogger(Shard.class);

    private final TemplateSetup setup;
    private final NamedStreams streams;
    private final Outcomes outcomes;
    private final EventRun run;
    private final Words words = new Words();

    /** Of the newest command, and its number. */
    private String epoch = "";

    private long applied;

    Shard(TemplateSetup setup, NamedStreams streams, Outcomes outcomes) {
        this.setup = setup;
        this.streams = streams;
        this.outcomes = outcomes;
        this.run = new EventRun(setup, streams, outcomes);
    }

    @Override
    public void reset(Epochs epochs, long n, List<Event> latest, List<Event> kept) {
        applied = n;
        append(kept);
    }

    @Override
    public void beginEpoch(Epochs epochs) {
        // Each command has its epoch.
    }

    /** Applies commands. Never throws: the log has them. */
    @Override
    public void append(List<Event> commands) {
        for (Event command : commands) {
            attempt(command.topic(), () -> apply(command));
        }
        attempt("", run::flush);
    }

    private void attempt(String name, Runnable step) {
        try {
            step.run();
        } catch (RuntimeException | Error e) {
            LOG.error("a command of {} failed", setup.fullName(name), e);
        }
    }

    private void apply(Event event) {
        if (!event.id().epoch().equals(epoch)) {
            epoch = event.id().epoch();
        }
        applied = event.n();
        String name = event.topic();
        ShardCommand command = ShardCommand.read(event.data());
        NamedStream stream = existing(name);
        switch (command.kind()) {
            case EVENT -> appendTo(made(stream, name, command), command, event);
            case CREATE -> create(stream, name, command);
            case END -> end(made(stream, name, command), command);
            case DELETE -> delete(stream, command);
            case EXPIRE -> expire(stream, command);
            case START_OVER -> {
                // ShardJoin does that.
            }
        }
    }

    private @Nullable NamedStream existing(String name) {
        NamedStream stream = streams.find(name);
        return stream != null && stream.exists ? stream : null;
    }

    // ---- what a command does

    private void appendTo(@Nullable NamedStream stream, ShardCommand command, Event event) {
        if (stream == null) {
            answer(command, new Outcome.Unknown());
        } else if (stream.hasEnded) {
            answer(command, new Outcome.Ended());
        } else {
            add(stream, command, event);
        }
    }

    private void add(NamedStream stream, ShardCommand command, Event event) {
        if (!run.isOf(stream)) {
            run.flush();
        }
        EventId id = nextId(stream);
        String type = words.shared(command.type());
        run.add(stream, new Event(id, event.time(), topic(command), type, command.data(), command.has(FORGETS)));
        if (command.has(LAST)) {
            run.answer(command, applied, new Outcome.Done(id, true));
        }
        if (command.has(ENDS)) {
            run.flush();
            end(stream);
        }
    }

    private String topic(ShardCommand command) {
        return Objects.requireNonNullElse(words.shared(command.topic()), setup.template());
    }

    /** The topics that some commands of one stream forget. What comes after its end does nothing. */
    Set<String> forgotten(List<Event> commands) {
        Set<String> topics = new HashSet<>();
        for (Event event : commands) {
            ShardCommand command = ShardCommand.read(event.data());
            if (command.has(FORGETS)) {
                topics.add(topic(command));
            }
            if (command.kind() == Kind.END || command.has(ENDS)) {
                break;
            }
        }
        return topics;
    }

    /** The id of the next event: of the shard's epoch. */
    private EventId nextId(NamedStream stream) {
        if (!stream.shardEpoch.equals(epoch)) {
            run.flush();
            stream.epochs = stream.epochs.goOn(new EventId(epochOf(epoch, stream.firstEpoch), stream.last + 1));
            stream.shardEpoch = epoch;
            stream.writer().beginEpoch(stream.epochs);
        }
        return new EventId(stream.epochs.newest(), ++stream.last);
    }

    /** The stream that a command is for. It is made if the command makes streams. */
    private @Nullable NamedStream made(@Nullable NamedStream known, String name, ShardCommand command) {
        return known == null && command.has(CREATES) ? make(name) : known;
    }

    private NamedStream make(String name) {
        run.flush();
        EventId first = new EventId(epochOf(epoch, Long.toString(applied, RADIX)), 0);
        Epochs epochs = Epochs.startingAt(first);
        NamedStream stream = streams.created(name);
        stream.shardEpoch = epoch;
        stream.firstEpoch = first.epoch();
        stream.epochs = epochs;
        stream.writer().reset(epochs, 0, List.of());
        return stream;
    }

    private void create(@Nullable NamedStream known, String name, ShardCommand command) {
        run.flush();
        NamedStream stream = known == null ? make(name) : known;
        streams.touch(stream);
        answer(command, new Outcome.Done(position(stream), known == null));
    }

    private void end(@Nullable NamedStream stream, ShardCommand command) {
        run.flush();
        if (stream == null) {
            answer(command, new Outcome.Unknown());
        } else if (stream.hasEnded) {
            answer(command, new Outcome.Ended());
        } else {
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
        run.flush();
        if (stream == null) {
            answer(command, new Outcome.Unknown());
        } else {
            streams.deleted(stream, true);
            answer(command, new Outcome.Done(position(stream), true));
        }
    }

    /** An event, or an end, that came since the sweep lets the stream live on. */
    private void expire(@Nullable NamedStream stream, ShardCommand command) {
        run.flush();
        boolean over = stream != null
                && stream.hasEnded == command.has(ENDED)
                && position(stream).toString().equals(command.data().toString());
        if (stream != null && over) {
            goes(stream);
            answer(command, new Outcome.Done(position(stream), true));
        } else {
            answer(command, new Outcome.Unknown());
        }
    }

    /** Whoever has come for an idle stream in the last moment waits until it is made again. */
    private void goes(NamedStream stream) {
        if (stream.hasEnded) {
            streams.deleted(stream, true);
        } else {
            streams.forgotten(stream);
        }
    }

    private void answer(ShardCommand command, Outcome outcome) {
        if (command.kind() != Kind.EVENT || command.has(LAST)) {
            outcomes.settle(command, applied, outcome);
        }
    }

    /** The position of a stream: the id of its newest event. */
    static EventId position(NamedStream stream) {
        return new EventId(stream.epochs.newest(), stream.last);
    }

    /** A name for an epoch: the same at each node, and another one for each creation and each epoch of the shard. */
    static String epochOf(String shardEpoch, String creation) {
        long hash = ByteBuffer.wrap(Batch.sha256().digest((shardEpoch + '-' + creation).getBytes(UTF_8)))
                        .getLong()
                >>> 1;
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
