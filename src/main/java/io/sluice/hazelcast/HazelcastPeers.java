package io.sluice.hazelcast;

import io.sluice.log.ShardPeers;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import io.vertx.core.internal.ContextInternal;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The nodes that share a stream's log or a shard's, over the bus: each listens at an address of its own.
 *
 * <p>On the log's context only.
 */
final class HazelcastPeers implements ShardPeers {

    private static final long ANSWER_MILLIS = 2_000;
    private static final int FAILED = 500;

    private static final Logger LOG = LoggerFactory.getLogger(HazelcastPeers.class);
    private static final Buffer NOTHING = Buffer.buffer();

    private final ContextInternal context;
    private final String stream;
    private final ClusterMembers members;
    private String listening = "";
    private @Nullable MessageConsumer<Buffer> consumer;

    HazelcastPeers(ContextInternal context, String stream) {
        this.context = context;
        this.stream = stream;
        this.members = new ClusterMembers(HazelcastCluster.instance(context.owner()));
    }

    private String address(String member) {
        return "sluice." + stream + ".peer." + member;
    }

    /** A member that has joined again has another id. */
    @Override
    public Future<Void> listen(Function<Buffer, Buffer> answers) {
        String self = members.self().toString();
        if (self.equals(listening)) {
            return context.succeededFuture();
        }
        Future<Void> closed = close();
        listening = self;
        MessageConsumer<Buffer> opened = context.owner().eventBus().consumer(address(self));
        opened.handler(question -> answer(question, answers));
        consumer = opened;
        return closed.otherwiseEmpty().compose(v -> opened.completion());
    }

    private void answer(Message<Buffer> question, Function<Buffer, Buffer> answers) {
        try {
            question.reply(answers.apply(question.body()));
        } catch (RuntimeException e) {
            LOG.warn("stream {}: a question of another node cannot be answered", stream, e);
            question.fail(FAILED, String.valueOf(e.getMessage()));
        }
    }

    @Override
    public List<String> others() {
        UUID self = members.self();
        return members.ids().stream()
                .filter(member -> !member.equals(self))
                .map(UUID::toString)
                .toList();
    }

    @Override
    public Future<Buffer> ask(String other, Buffer question) {
        return context.owner()
                .eventBus()
                .<Buffer>request(address(other), question, new DeliveryOptions().setSendTimeout(ANSWER_MILLIS))
                .map(answer -> answer.body())
                .recover(failure ->
                        failure instanceof ReplyException reply && reply.failureType() == ReplyFailure.NO_HANDLERS
                                ? absence(other, failure)
                                : context.failedFuture(failure));
    }

    /** The bus may have forgotten a node that is there. The map of nodes has not. */
    private Future<Buffer> absence(String other, Throwable failure) {
        return context.executeBlocking(
                        () -> SplitDetector.has(HazelcastCluster.instance(context.owner()), stream, other), false)
                .compose(has -> has ? context.failedFuture(failure) : context.succeededFuture(NOTHING));
    }

    @Override
    public Future<Void> close() {
        MessageConsumer<Buffer> was = consumer;
        consumer = null;
        listening = "";
        return was == null ? context.succeededFuture() : was.unregister();
    }
}
