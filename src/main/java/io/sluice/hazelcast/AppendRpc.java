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
import java.util.concurrent.ThreadLocalRandom;
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
    private static final int ATTEMPTS = 15;

    private final ContextInternal context;
    private final String stream;
    private final String self;
    private final Function<List<Batch>, Future<List<Receipt>>> take;
    private @Nullable MessageConsumer<Buffer> consumer;
    private final Map<String, Taken> taken = new HashMap<>(); // the newest of each sender
    private @Nullable Sent inFlight; // one at a time
    private long sequence = ThreadLocalRandom.current().nextLong(); // of what is sent; none that this node had before

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

    /** What is asked again is answered again, and not taken again. */
    private void take(Message<Buffer> message) {
        BufferReader in = new BufferReader(message.body());
        String sender = in.nextText();
        long asked = in.nextLong();
        Taken known = taken.get(sender);
        if (known == null || known.sequence != asked) {
            known = new Taken(asked, take.apply(submissions(in)));
            taken.put(sender, known);
        }
        known.receipts.onComplete(receipts -> message.reply(encode(receipts)), failure -> {
            boolean untaken = failure instanceof NotTakenException;
            taken.computeIfPresent(sender, (key, now) -> untaken && now.sequence == asked ? null : now);
            message.fail(untaken ? NOT_TAKEN : UNKNOWN, failure.getMessage());
        });
    }

    /**
     * Has a node append a batch. The bus may lose a message where two nodes have just met: then it is sent again.
     *
     * @return its receipts; fails with {@link NotTakenException} where nothing of it was taken
     */
    Future<List<Receipt>> send(String member, List<Batch> batch) {
        Promise<List<Receipt>> answer = context.promise();
        Buffer message = BufferReader.text(Buffer.buffer(), self).appendLong(++sequence);
        Sent sent = new Sent(member, encodeBatch(message, batch), answer);
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

    /** A member has left: who waits for its answer gets none. */
    void gone(String member) {
        taken.remove(member);
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

    private static Buffer encodeBatch(Buffer bytes, List<Batch> batch) {
        bytes.appendInt(batch.size());
        for (Batch submission : batch) {
            BufferReader.text(bytes, submission.key() == null ? "" : submission.key());
            bytes.appendInt(submission.publications().size());
            submission.publications().forEach(publication -> BufferReader.publication(bytes, publication));
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
