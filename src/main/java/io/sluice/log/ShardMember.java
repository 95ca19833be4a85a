package io.sluice.log;

import static io.sluice.log.ShardCommand.CREATES;
import static io.sluice.log.ShardCommand.ENDED;
import static io.sluice.log.ShardCommand.ENDS;
import static io.sluice.log.ShardCommand.FORGETS;
import static io.sluice.log.ShardCommand.KEYED;
import static io.sluice.log.ShardCommand.LAST;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.sluice.log.ShardCommand.Kind;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.ContextInternal;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.function.LongFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A node's part in a shard of a template: sends commands to the shard's log, and learns from the {@link Shard} what they have done.
 *
 * <p>All state belongs to the shard's context.
 */
final class ShardMember implements ShardSweep.Expiry {

    private final TemplateSetup setup;
    private final ContextInternal context;
    private final TemplateRoom room;
    private final NamedStreams streams;
    private final Outcomes outcomes;
    private final ShardSweep sweep;
    private final ShardPeers peers;
    private final ShardJoin join;
    private final IdlePoll idlePoll;
    private final EventLog log;

    /** @param context of the shard */
    ShardMember(
            TemplateSetup setup,
            ContextInternal context,
            int index,
            LogProvider provider,
            History history,
            ShardPeers.Provider peers,
            TemplateRoom room) {
        TemplateRules rules = setup.rules();
        this.setup = setup;
        this.context = context;
        this.room = room;
        this.streams = new NamedStreams(rules, SteadyClock.INSTANCE, room);
        this.outcomes = new Outcomes(context, rules.idempotency(), SteadyClock.INSTANCE);
        String shard = setup.template() + '#' + index;
        this.peers = peers.create(context, shard);
        this.join = new ShardJoin(context, shard, state(streams, outcomes), this.peers, this::appendToLog);
        this.idlePoll = new IdlePoll(this.peers, streams);
        this.sweep = new ShardSweep(context, rules, streams, this, join::isComplete, SteadyClock.INSTANCE);
        this.log = provider.create(new LogSetup(context, shard, history, rules.idempotency(), join, sweep));
    }

    private ShardState state(NamedStreams named, Outcomes known) {
        return new ShardState(
                named,
                known,
                new Shard(setup, named, known),
                SteadyClock.INSTANCE,
                () -> state(
                        new NamedStreams(setup.rules(), SteadyClock.INSTANCE),
                        new Outcomes(context, setup.rules().idempotency(), SteadyClock.INSTANCE)),
                ShardState.PAGE_BYTES);
    }

    private Future<Receipt> appendToLog(Batch batch) {
        return log.append(batch);
    }

    /** Whether this node leads the shard's log. Any thread. */
    boolean isLeading() {
        return sweep.isLeading();
    }

    NamedStreams streams() {
        return streams;
    }

    EventLog log() {
        return log;
    }

    Future<Void> open() {
        return onContext(() -> join.listen()
                .compose(v -> log.open())
                .compose(v -> join.completed())
                .onSuccess(v -> sweep.start()));
    }

    Future<Void> close() {
        return onContext(() -> {
            sweep.stop();
            join.close();
            return log.close().onComplete(closed -> outcomes.close()).eventually(peers::close);
        });
    }

    /** Whether the streams are as the log says. Any thread. */
    boolean isComplete() {
        return join.isComplete();
    }

    /** Whether new events arrive, and can be appended. Any thread. */
    boolean isFollowing() {
        return join.isComplete() && log.isFollowing();
    }

    /** Completes when the streams are as the log says. */
    Future<Void> completed() {
        return onContext(join::completed);
    }

    /** As {@link TemplateLog#append}. */
    Future<Receipt> append(String name, Batch batch) {
        return onContext(() -> {
            boolean creates = setup.rules().createByPublish();
            if (!batch.events().isEmpty()) {
                room.requireMemory();
            }
            return sendMaking(name, creates, batch.key(), tag -> commands(batch, creates, tag))
                    .map(done -> receipt(batch, done));
        });
    }

    private NoSuchStreamException unknown(String name) {
        return new NoSuchStreamException(
                "there is no stream " + setup.fullName(name) + ": expected the name of one, or PUT to make it");
    }

    private List<ShardCommand> commands(Batch batch, boolean creates, long tag) {
        int flags = creates ? CREATES : 0;
        int last = flags | LAST | (batch.key() == null ? 0 : KEYED);
        if (batch.events().isEmpty()) {
            return List.of(ShardCommand.of(Kind.END, last, tag));
        }
        List<ShardCommand> commands = new ArrayList<>(batch.events().size());
        int left = batch.events().size();
        for (NewEvent event : batch.events()) {
            boolean more = --left > 0;
            String topic = event.topic().equals(setup.template()) ? null : event.topic();
            int ends = batch.end() ? ENDS : 0;
            int all = (more ? flags : last | ends) | (event.forget() ? FORGETS : 0);
            commands.add(new ShardCommand(Kind.EVENT, all, more ? 0 : tag, topic, event.type(), event.data()));
        }
        return commands;
    }

    private static Receipt receipt(Batch batch, Outcome.Done done) {
        return new Receipt(done.position(), batch.events().size(), batch.key() == null ? 0 : batch.digest());
    }

    /** As {@link TemplateLog#create}. */
    Future<Receipt> create(String name, @Nullable String key) {
        int flags = CREATES | LAST | (key == null ? 0 : KEYED);
        return onContext(() -> sendMaking(name, true, key, tag -> List.of(ShardCommand.of(Kind.CREATE, flags, tag)))
                .map(done -> new Receipt(done.position(), done.changed() ? 1 : 0, 0)));
    }

    /** As {@link TemplateLog#delete}. */
    Future<Boolean> delete(String name) {
        return onContext(() -> send(name, null, tag -> List.of(ShardCommand.of(Kind.DELETE, LAST, tag)))
                .map(true)
                .recover(failure -> failure instanceof NoSuchStreamException
                        ? context.succeededFuture(false)
                        : context.failedFuture(failure)));
    }

    @Override
    public Future<Void> askOthers(List<NamedStream> idle) {
        return idlePoll.ask(idle);
    }

    @Override
    public Future<?> expire(NamedStream stream) {
        int flags = LAST | (stream.hasEnded ? ENDED : 0);
        Bytes position = Bytes.of(Shard.position(stream).toString());
        return send(
                stream.name(), null, tag -> List.of(new ShardCommand(Kind.EXPIRE, flags, tag, null, null, position)));
    }

    private Future<Outcome.Done> sendMaking(
            String name, boolean creates, @Nullable String key, LongFunction<List<ShardCommand>> commands) {
        if (!creates || streams.exists(name)) {
            return send(name, key, commands);
        }
        room.enter(name);
        return send(name, key, commands).onComplete(done -> room.leave(name));
    }

    private Future<Outcome.Done> send(String name, @Nullable String key, LongFunction<List<ShardCommand>> commands) {
        if (!join.isComplete()) {
            return context.failedFuture(new NotTakenException("this node has not got the streams yet; try again"));
        }
        long tag = key == null ? outcomes.expect() : 0;
        return append(name, key, () -> commands.apply(tag))
                .compose(
                        receipt -> key == null
                                ? outcomes.await(tag)
                                : outcomes.awaitAt(receipt.last().n()),
                        failure -> {
                            outcomes.forget(tag);
                            return context.failedFuture(failure);
                        })
                .compose(outcome -> done(name, outcome));
    }

    private Future<Receipt> append(String name, @Nullable String key, Supplier<List<ShardCommand>> commands) {
        try {
            List<NewEvent> events = new ArrayList<>();
            for (ShardCommand command : commands.get()) {
                events.add(command.toEvent(name));
            }
            return log.append(new Batch(events, key == null ? null : scoped(name, key)))
                    .recover(failure -> context.failedFuture(
                            failure instanceof KeyReusedException && key != null
                                    ? new KeyReusedException(key)
                                    : failure));
        } catch (RuntimeException | Error e) {
            return context.failedFuture(e);
        }
    }

    /** The key of a batch in the shard's log, which has those of other streams too. */
    private static String scoped(String name, String key) {
        byte[] hash = Batch.sha256().digest((name + ' ' + key).getBytes(UTF_8));
        return Base64.getUrlEncoder().withoutPadding().encodeToString(hash);
    }

    private Future<Outcome.Done> done(String name, Outcome outcome) {
        if (outcome instanceof Outcome.Done done) {
            return context.succeededFuture(done);
        } else if (outcome instanceof Outcome.Ended) {
            return context.failedFuture(new StreamEndedException(setup.fullName(name)));
        }
        return context.failedFuture(
                outcome instanceof Outcome.Unknown
                        ? unknown(name)
                        : new OutcomeUnknownException("this node could not keep what the log has"));
    }

    private <T> Future<T> onContext(Supplier<Future<T>> step) {
        Promise<T> promise = context.owner().getOrCreateContext().promise();
        context.execute(() -> {
            try {
                step.get().onComplete(promise);
            } catch (RuntimeException | Error e) {
                promise.tryFail(e);
            }
        });
        return promise.future();
    }
}
