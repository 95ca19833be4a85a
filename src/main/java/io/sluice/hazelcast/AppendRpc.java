package io.sluice.hazelcast;

import io.sluice.log.Batch;
import io.sluice.log.EventId;
import io.sluice.log.NewEvent;
import io.sluice.log.NotTakenException;
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
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * How what is published at one node comes to the node that writes the log: over the bus, a batch at a time, with receipts.
 *
 * <p>On the stream's context only.
 */
final class AppendRpc {

    private static final int NOT_TAKEN = 503;
    private static final int UNKNOWN = 500;
    private static final long ATTEMPT_MILLIS = 2_000;
    private static final int HEAD = 64;
    private static final int ATTEMPTS = 15;
    private static final long PAUSE_MILLIS = 50;
    private static final long MAX_PAUSE_MILLIS = 800;
    private static final long KEPT_MILLIS = 60_000;

    /** Numbers what this process sends, so that numbers ascend also when a stream is opened again. */
    private static final AtomicLong SEQUENCE = new AtomicLong();

    private final ContextInternal context;
    private final String stream;
    private final String self;
    private final Function<List<Batch>, Future<List<Receipt>>> take;
    private @Nullable MessageConsumer<Buffer> consumer;
    private final Map<String, Taken> taken = new HashMap<>(); // the newest of each sender
    private @Nullable Sent inFlight; // one at a time

    private record Sent(String to, Buffer message, Promise<List<Receipt>> answer) {}

    private record Taken(long sequence, Future<List<Receipt>> receipts) {}

    /** @param take what this node does with a batch; fails with {@link NotTakenException} where nothing of it was taken */
    AppendRpc(ContextInternal context, String stream, String self, Function<List<Batch>, Future<List<Receipt>>> take) {
        this.context = context;
        this.stream = stream;
        this.self = self;
        this.take = take;
    }

    Future<Void> open() {
        MessageConsumer<Buffer> opened = context.owner().eventBus().consumer(address(self));
        opened.handler(this::take);
        consumer = opened;
        return opened.completion();
    }

    Future<Void> close() {
        return consumer == null ? context.succeededFuture() : consumer.unregister();
    }

    private String address(String member) {
        return "sluice." + stream + ".append." + member;
    }

    /**
     * Takes a request once: a copy of the newest one gets the same answer, an older one none, since its sender has got one or
     * has given it up.
     */
    private void take(Message<Buffer> message) {
        BufferReader in = new BufferReader(message.body());
        String sender = in.nextText();
        long asked = in.nextLong();
        Taken known = taken.get(sender);
        if (known != null && asked < known.sequence) {
            message.fail(UNKNOWN, "a later request has come before this copy of an earlier one");
            return;
        }
        if (known == null || asked > known.sequence) {
            known = new Taken(asked, take.apply(submissions(in)));
            taken.put(sender, known);
        }
        known.receipts.onComplete(
                receipts -> message.reply(encode(receipts)),
                failure ->
                        message.fail(failure instanceof NotTakenException ? NOT_TAKEN : UNKNOWN, failure.getMessage()));
    }

    /** A batch for another node: encoded once, however often it is sent. */
    Outgoing outgoing(List<Batch> batch) {
        return new Outgoing(batch);
    }

    /** A batch that is sent again until a node takes it, to a node that refuses it less and less often. */
    final class Outgoing {

        private final List<Batch> batch;
        private @Nullable Buffer encoded;
        private String refusedBy = "";
        private String refusal = "";
        private long pauseMillis;
        private long notBefore;

        private Outgoing(List<Batch> batch) {
            this.batch = batch;
        }

        /**
         * Has a node append the batch, unless it has refused that a moment ago. The bus may lose a message where two nodes have
         * just met: then it is sent again.
         *
         * @return its receipts; fails with {@link NotTakenException} where nothing of it was taken
         */
        Future<List<Receipt>> send(String member) {
            if (member.equals(refusedBy) && System.nanoTime() - notBefore < 0) {
                return context.failedFuture(new NotTakenException(refusal));
            }
            Buffer body = encoded == null ? encodeBatch(batch) : encoded;
            encoded = body;
            return AppendRpc.this.send(member, body).onFailure(failure -> {
                if (failure instanceof NotTakenException) {
                    refuse(member, String.valueOf(failure.getMessage()));
                }
            });
        }

        private void refuse(String member, String why) {
            pauseMillis = member.equals(refusedBy) ? Math.min(2 * pauseMillis, MAX_PAUSE_MILLIS) : PAUSE_MILLIS;
            notBefore = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(pauseMillis);
            refusedBy = member;
            refusal = why;
        }
    }

    private Future<List<Receipt>> send(String member, Buffer body) {
        Promise<List<Receipt>> answer = context.promise();
        Buffer head = BufferReader.text(Buffer.buffer(body.length() + HEAD), self);
        Sent sent = new Sent(member, head.appendLong(SEQUENCE.incrementAndGet()).appendBuffer(body), answer);
        inFlight = sent;
        send(sent, ATTEMPTS);
        return answer.future();
    }

    private void send(Sent sent, int attempts) {
        DeliveryOptions options = new DeliveryOptions().setSendTimeout(ATTEMPT_MILLIS);
        context.owner()
                .eventBus()
                .<Buffer>request(address(sent.to), sent.message, options)
                .map(reply -> receipts(reply.body()))
                .onComplete(receipts -> sent.answer.tryComplete(receipts), failure -> {
                    boolean unanswered =
                            failure instanceof ReplyException reply && reply.failureType() == ReplyFailure.TIMEOUT;
                    if (unanswered && attempts > 1 && !sent.answer.future().isComplete()) {
                        send(sent, attempts - 1);
                    } else {
                        sent.answer.tryFail(translate(failure, attempts == ATTEMPTS));
                    }
                });
    }

    /** A member has left: its answer will not come. Copies of what it has sent may still come for a while. */
    void gone(String member) {
        context.setTimer(KEPT_MILLIS, id -> taken.remove(member));
        Sent sent = inFlight;
        if (sent != null && sent.to.equals(member)) {
            inFlight = null;
            sent.answer.tryFail("the node that wrote the log has died, and nobody can say whether the log has this");
        }
    }

    /** Where nobody was there at the first attempt, nobody has taken it; later, somebody may have, and gone. */
    private static Throwable translate(Throwable failure, boolean first) {
        boolean notTaken = failure instanceof ReplyException reply
                && (reply.failureCode() == NOT_TAKEN || (first && reply.failureType() == ReplyFailure.NO_HANDLERS));
        return notTaken ? new NotTakenException(String.valueOf(failure.getMessage())) : failure;
    }

    // ---- on the bus

    private static Buffer encodeBatch(List<Batch> batch) {
        Buffer bytes = Buffer.buffer().appendInt(batch.size());
        for (Batch submission : batch) {
            BufferReader.text(bytes, submission.key() == null ? "" : submission.key());
            bytes.appendInt(submission.events().size());
            submission.events().forEach(publication -> BufferReader.publication(bytes, publication));
        }
        return bytes;
    }

    private static List<Batch> submissions(BufferReader in) {
        List<Batch> batch = new ArrayList<>();
        for (int left = in.nextInt(); left > 0; left--) {
            String key = in.nextText();
            List<NewEvent> publications = new ArrayList<>();
            for (int more = in.nextInt(); more > 0; more--) {
                publications.add(in.nextPublication());
            }
            batch.add(new Batch(publications, key.isEmpty() ? null : key));
        }
        return batch;
    }

    private static Buffer encode(List<Receipt> receipts) {
        Buffer bytes = Buffer.buffer().appendInt(receipts.size());
        for (Receipt receipt : receipts) {
            BufferReader.text(bytes, receipt.last().epoch())
                    .appendLong(receipt.last().n());
            bytes.appendInt(receipt.count()).appendLong(receipt.digest());
        }
        return bytes;
    }

    private static List<Receipt> receipts(Buffer bytes) {
        BufferReader in = new BufferReader(bytes);
        List<Receipt> receipts = new ArrayList<>();
        for (int left = in.nextInt(); left > 0; left--) {
            EventId last = new EventId(in.nextText(), in.nextLong());
            receipts.add(new Receipt(last, in.nextInt(), in.nextLong()));
        }
        return receipts;
    }
}
