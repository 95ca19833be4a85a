package io.sluice.log;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Events of one stream that follow each other in a {@link Shard}'s log, and the answers to their senders: they are written to the
 * stream's journal together. On the shard's context only.
 */
final class EventRun {

    private static final Logger LOG = LoggerFactory.getLogger(EventRun.class);

    private record Answer(ShardCommand command, long position, Outcome outcome) {}

    private final TemplateSetup setup;
    private final NamedStreams streams;
    private final Outcomes outcomes;
    private final List<Event> events = new ArrayList<>();
    private final List<Answer> answers = new ArrayList<>();
    private @Nullable NamedStream stream;

    EventRun(TemplateSetup setup, NamedStreams streams, Outcomes outcomes) {
        this.setup = setup;
        this.streams = streams;
        this.outcomes = outcomes;
    }

    boolean isOf(NamedStream other) {
        return stream == other;
    }

    /** Adds an event of a stream, which is the one of the run. */
    void add(NamedStream of, Event event) {
        stream = of;
        events.add(event);
    }

    /** Has a sender told, once the events so far are written. */
    void answer(ShardCommand command, long position, Outcome outcome) {
        answers.add(new Answer(command, position, outcome));
    }

    /** Writes the run, and begins the next one. */
    void flush() {
        NamedStream written = stream;
        if (written == null) {
            return;
        }
        stream = null;
        try {
            boolean kept = write(written);
            streams.touch(written);
            streams.weigh(written);
            for (Answer answer : answers) {
                outcomes.settle(answer.command, answer.position, kept ? answer.outcome : new Outcome.Lost());
            }
        } finally {
            events.clear();
            answers.clear();
        }
    }

    private boolean write(NamedStream written) {
        JournalWriter writer = written.writer();
        try {
            if (writer.isBroken()) {
                writer.reset(written.epochs, events.get(0).n() - 1, List.of());
            }
            writer.append(events);
            setup.appended().accept(events.size());
            return true;
        } catch (RuntimeException | Error e) {
            LOG.error("events of {} are lost at this node", setup.fullName(written.name()), e);
            skip(written);
            return false;
        }
    }

    /** The readers get a gap. If this fails too, the next event tries again. */
    private static void skip(NamedStream written) {
        try {
            written.writer().reset(written.epochs, written.last, List.of());
        } catch (RuntimeException | Error e) {
            LOG.error("the journal of {} is broken", written.name(), e);
        }
    }
}
