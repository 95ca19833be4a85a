package io.sluice.hazelcast;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.log.Batch;
import io.sluice.log.EventId;
import io.sluice.log.NewEvent;
import io.sluice.log.NotTakenException;
import io.sluice.log.Receipt;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.internal.ContextInternal;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A node that sends batches and a node that takes them, on one bus without a cluster. */
@Timeout(20)
// JUnit calls start().
@SuppressWarnings("NullAway.Init")
class AppendRpcTest {

    private static final String LEADER = "sluice.events.append.leader";

    private final List<String> taken = new CopyOnWriteArrayList<>();
    private final List<Buffer> onTheBus = new CopyOnWriteArrayList<>();
    private final Set<String> members = ConcurrentHashMap.newKeySet();
    private Vertx vertx;
    private ContextInternal context;
    private AppendRpc sender;
    private volatile boolean refuses;

    @BeforeEach
    void start() {
        members.add("sender");
        vertx = Vertx.vertx();
        context = (ContextInternal) vertx.getOrCreateContext();
        sender = new AppendRpc(
                context, "events", "sender", id -> false, batches -> Future.failedFuture("it only sends"));
        AppendRpc leader = new AppendRpc(context, "events", "leader", members::contains, this::take);
        leader.open().await();
        vertx.eventBus().<Buffer>addInboundInterceptor(delivery -> {
            if (delivery.message().address().equals(LEADER)) {
                onTheBus.add(delivery.message().body().copy());
            }
            delivery.next();
        });
    }

    @AfterEach
    void stop() {
        vertx.close().await();
    }

    private Future<List<Receipt>> take(List<Batch> batches) {
        if (refuses) {
            return Future.failedFuture(new NotTakenException("the queue is full; try again"));
        }
        batches.forEach(batch -> taken.add(batch.events().get(0).data().toString()));
        return Future.succeededFuture(batches.stream()
                .map(batch -> Receipt.of(batch, new EventId("a", taken.size())))
                .toList());
    }

    @Test
    void aBatchIsAnsweredWithItsReceipts() {
        assertEquals(
                List.of(new Receipt(new EventId("a", 1), 1, 0)), send("one").await());
        assertEquals(List.of("one"), taken);
    }

    @Test
    void aCopyIsAnsweredAndNotTakenAgain() {
        send("one").await();
        Buffer answer = vertx.eventBus()
                .<Buffer>request(LEADER, onTheBus.get(0))
                .await()
                .body();
        assertTrue(answer.length() > 0);
        assertEquals(List.of("one"), taken);
    }

    /** A copy on a connection that hung came after the next request, and was appended again. */
    @Test
    void aCopyThatComesAfterTheNextRequestIsNotTaken() {
        send("one").await();
        send("two").await();
        Future<?> late = vertx.eventBus().request(LEADER, onTheBus.get(0));
        assertThrows(ReplyException.class, late::await);
        assertEquals(List.of("one", "two"), taken);
    }

    /** Its sender has been told that it was not taken, and sends it again under another number. */
    @Test
    void aCopyOfARefusedRequestIsNotTaken() {
        refuses = true;
        assertThrows(NotTakenException.class, () -> send("one").await());
        refuses = false;
        Future<?> late = vertx.eventBus().request(LEADER, onTheBus.get(0));
        assertThrows(ReplyException.class, late::await);
        assertEquals(List.of(), taken);
        send("one").await();
        assertEquals(List.of("one"), taken);
    }

    /**
     * After a split a request from before it came out of a connection that had hung, and was appended behind what its sender had published
     * since then under another id.
     */
    @Test
    void aRequestOfANodeThatHasLeftIsNotTaken() {
        members.remove("sender");
        assertThrows(NotTakenException.class, () -> send("old").await());
        members.add("sender");
        Future<?> late = vertx.eventBus().request(LEADER, onTheBus.get(0));
        assertThrows(ReplyException.class, late::await);
        send("new").await();
        assertEquals(List.of("new"), taken);
    }

    /** A stream that is opened again at a node sends under the node's old name. */
    @Test
    void numbersAscendWhenAStreamIsOpenedAgain() {
        for (int i = 1; i <= 20; i++) {
            sender = new AppendRpc(
                    context, "events", "sender", id -> false, batches -> Future.failedFuture("it only sends"));
            send("e" + i).await();
            assertEquals(i, taken.size());
        }
    }

    /** Each follower sent up to 16 MB to an overloaded leader every 50 ms. */
    @Test
    void aLeaderThatRefusesIsAskedLessAndLessOften() {
        refuses = true;
        AppendRpc.Outgoing outgoing = sender.outgoing(List.of(batch("one")));
        for (int i = 0; i < 40; i++) {
            Promise<List<Receipt>> answer = Promise.promise();
            context.runOnContext(v -> outgoing.send("leader").onComplete(answer));
            assertThrows(NotTakenException.class, () -> answer.future().await());
            vertx.timer(50, TimeUnit.MILLISECONDS).await();
        }
        assertTrue(onTheBus.size() >= 4 && onTheBus.size() <= 8, "sent in 2 s: " + onTheBus.size());
    }

    @Test
    void anotherLeaderIsAskedAtOnce() {
        AppendRpc.Outgoing outgoing = sender.outgoing(List.of(batch("one")));
        List<Future<List<Receipt>>> answers = new ArrayList<>();
        refuses = true;
        Promise<Void> done = Promise.promise();
        context.runOnContext(v -> outgoing.send("leader").onComplete(refused -> {
            refuses = false;
            AppendRpc other = new AppendRpc(context, "events", "other", members::contains, this::take);
            other.open()
                    .compose(opened -> {
                        answers.add(outgoing.send("other"));
                        return answers.get(0);
                    })
                    .<Void>mapEmpty()
                    .onComplete(done);
        }));
        done.future().await();
        assertEquals(List.of("one"), taken);
    }

    private Future<List<Receipt>> send(String data) {
        Promise<List<Receipt>> answer = Promise.promise();
        context.runOnContext(
                v -> sender.outgoing(List.of(batch(data))).send("leader").onComplete(answer));
        return answer.future();
    }

    private static Batch batch(String data) {
        return Batch.of(new NewEvent("t", null, data));
    }
}
