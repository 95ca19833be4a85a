package io.sluice.hazelcast;

import io.sluice.log.Batch;
import io.sluice.log.BufferReader;
import io.sluice.log.NotTakenException;
import io.sluice.log.OutcomeUnknownException;
import io.sluice.log.Receipt;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import io.vertx.core.internal.ContextInternal;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Sends batches to the node that leads, over the bus, and takes those of other nodes: one request at a time, with receipts.
 *
 * <p>The numbers of a sender's requests ascend. So a copy of a request, on a connection that hung, is never taken again. Nor is a
 * request of a node that has left: when a split has healed, it comes from before, and its sender has gone on under another id.
 *
 * <p>On the stream's context only.
 */
final class AppendRpc {

    private static final int NOT_TAKEN = 503;
    private static final int UNKNOWN = 500;
    private static final long ATTEMPT_MILLIS = 2_000;
    private static final int ATTEMPTS = 15;
    private static final long PAUSE_MILLIS = 50;
    private static final long MAX_PAUSE_MILLIS = 800;

    /** For so long a copy of a request may come after its sender has left. */
    private static final long COPIES_MILLIS = 60_000;

    /** Of a sender and a number. */
    private static final int HEAD_BYTES = 64;

    /** Numbers all requests of this process, so that numbers ascend also when a stream is opened again. */
    private static final AtomicLong NUMBER = new AtomicLong();

    private final ContextInternal context;
    private final String stream;
    private final String self;
    private final Predicate<String> isMember;
    private final Function<List<Batch>, Future<List<Receipt>>> leader;
    /** The newest request of each sender. */
    private final Map<String, Request> requests = new HashMap<>();

    private @Nullable MessageConsumer<Buffer> consumer;
    private @Nullable Call inFlight;

    private record Call(String to, Buffer message, Promise<List<Receipt>> answer) {}

    private record Request(long number, Future<List<Receipt>> receipts) {}

    /**
     * @param self the id of this member
     * @param isMember whether an id is a member's
     * @param leader appends the batches of other nodes; fails with {@link NotTakenException} if nothing was appended
     */
    AppendRpc(
            ContextInternal context,
            String stream,
            String self,
            Predicate<String> isMember,
            Function<List<Batch>, Future<List<Receipt>>> leader) {
        this.context = context;
        this.stream = stream;
        this.self = self;
        this.isMember = isMember;
        this.leader = leader;
    }

    Future<Void> open() {
        MessageConsumer<Buffer> opened = context.owner().eventBus().consumer(address(self));
        opened.handler(this::receive);
        consumer = opened;
        return opened.completion();
    }

    /** Takes no request any more, and waits for no answer. */
    Future<Void> close() {
        failInFlight("the log is being left");
        return consumer == null ? context.succeededFuture() : consumer.unregister();
    }

    private String address(String member) {
        return "sluice." + stream + ".append." + member;
    }

    private void receive(Message<Buffer> message) {
        try {
            receive(message, new BufferReader(message.body()));
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            message.fail(UNKNOWN, "the leader cannot read the batch: " + e.getMessage());
        }
    }

    /**
     * Takes a request once. A copy of the newest one gets the same answer. An older one is not taken: its sender has its answer, or
     * has given it up.
     */
    private void receive(Message<Buffer> message, BufferReader in) {
        String sender = in.nextText();
        long number = in.nextLong();
        Request newest = requests.get(sender);
        if (newest != null && number < newest.number) {
            message.fail(UNKNOWN, "a later request came before this copy of an earlier one");
            return;
        }
        if (newest == null || number > newest.number) {
            newest = isMember.test(sender)
                    ? new Request(number, leader.apply(AppendMessage.decodeBatches(in)))
                    : ofStranger(sender, number);
            requests.put(sender, newest);
        }
        newest.receipts.onComplete(
                receipts -> message.reply(AppendMessage.encodeReceipts(receipts)), failure -> refuse(message, failure));
    }

    /** This node may not know yet that the sender has joined: the sender tries again. */
    private Request ofStranger(String sender, long number) {
        Request refused =
                new Request(number, context.failedFuture(new NotTakenException("the sender is no member; try again")));
        context.setTimer(COPIES_MILLIS, id -> requests.remove(sender, refused));
        return refused;
    }

    private static void refuse(Message<Buffer> message, Throwable failure) {
        String reason = failure instanceof OutcomeUnknownException unknown
                ? unknown.reason()
                : String.valueOf(failure.getMessage());
        message.fail(failure instanceof NotTakenException ? NOT_TAKEN : UNKNOWN, reason);
    }

    /** Some batches for another node: encoded once, however often they are sent. */
    Outgoing outgoing(List<Batch> batches) {
        return new Outgoing(batches);
    }

    /** Batches that are sent until a node takes them; less and less often to a node that refuses them. */
    final class Outgoing {

        private final List<Batch> batches;
        private @Nullable Buffer encoded;
        private String refusedBy = "";
        private String refusal = "";
        private long pauseMillis;
        private long notBefore;

        private Outgoing(List<Batch> batches) {
            this.batches = batches;
        }

        /**
         * Has a node append the batches, unless it has refused that a moment ago. The bus may lose a message between two nodes that
         * have just met: a request without an answer is sent again.
         *
         * @return the receipts; fails with {@link NotTakenException} if nothing was appended
         */
        Future<List<Receipt>> send(String member) {
            if (member.equals(refusedBy) && System.nanoTime() - notBefore < 0) {
                return context.failedFuture(new NotTakenException(refusal));
            }
            Buffer body = encoded == null ? AppendMessage.encodeBatches(batches) : encoded;
            encoded = body;
            return call(member, body).onFailure(failure -> {
                if (failure instanceof NotTakenException) {
                    pause(member, String.valueOf(failure.getMessage()));
                }
            });
        }

        private void pause(String member, String why) {
            pauseMillis = member.equals(refusedBy) ? Math.min(2 * pauseMillis, MAX_PAUSE_MILLIS) : PAUSE_MILLIS;
            notBefore = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(pauseMillis);
            refusedBy = member;
            refusal = why;
        }
    }

    private Future<List<Receipt>> call(String member, Buffer body) {
        Buffer message = BufferReader.appendText(Buffer.buffer(body.length() + HEAD_BYTES), self)
                .appendLong(NUMBER.incrementAndGet())
                .appendBuffer(body);
        Call call = new Call(member, message, context.promise());
        inFlight = call;
        attempt(call, ATTEMPTS);
        return call.answer.future();
    }

    private void attempt(Call call, int attempts) {
        DeliveryOptions options = new DeliveryOptions().setSendTimeout(ATTEMPT_MILLIS);
        context.owner()
                .eventBus()
                .<Buffer>request(address(call.to), call.message, options)
                .map(reply -> AppendMessage.decodeReceipts(reply.body()))
                .onComplete(call.answer::tryComplete, failure -> {
                    boolean unanswered =
                            failure instanceof ReplyException reply && reply.failureType() == ReplyFailure.TIMEOUT;
                    if (unanswered && attempts > 1 && !call.answer.future().isComplete()) {
                        attempt(call, attempts - 1);
                    } else {
                        call.answer.tryFail(outcome(failure, attempts == ATTEMPTS));
                    }
                });
    }

    /** If the first attempt finds no consumer, nothing was taken. After a later one, the first may have been taken. */
    private static Throwable outcome(Throwable failure, boolean first) {
        boolean notTaken = failure instanceof ReplyException reply
                && (reply.failureCode() == NOT_TAKEN || (first && reply.failureType() == ReplyFailure.NO_HANDLERS));
        return notTaken ? new NotTakenException(String.valueOf(failure.getMessage())) : failure;
    }

    /** A member has left: no answer comes from it any more. */
    void memberLeft(String member) {
        context.setTimer(COPIES_MILLIS, id -> requests.remove(member));
        if (inFlight != null && inFlight.to.equals(member)) {
            failInFlight("the node that wrote the log has died");
        }
    }

    private void failInFlight(String why) {
        Call call = inFlight;
        inFlight = null;
        if (call != null) {
            call.answer.tryFail(why);
        }
    }
}
