package io.sluice.sse;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.channel.DefaultEventLoop;
import io.netty.channel.EventLoop;
import io.sluice.auth.Rights;
import io.sluice.log.Epochs;
import io.sluice.log.Event;
import io.sluice.log.EventId;
import io.sluice.log.History;
import io.sluice.log.JournalWriter;
import io.sluice.log.NewEvent;
import io.sluice.stream.CloseReason;
import io.sluice.stream.StreamListener;
import io.sluice.stream.TemplateOptions;
import io.sluice.stream.TopicFilter;
import io.sluice.testing.Await;
import io.sluice.testing.client.RawClient;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.ext.auth.User;
import io.vertx.junit5.VertxExtension;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** An application sees who reads, and ends the subscriptions of a user. */
@ExtendWith(VertxExtension.class)
class RevocationTest {

    private static final String EXPIRED = "\nevent: close\ndata: {\"reason\":\"expired\"}\n\n";
    private static final Settings ENDLESS =
            Settings.DEFAULT.withLifetime(Duration.ZERO).withHeartbeat(Duration.ZERO);

    // ---- the listener

    private static final class Recorder implements SubscriptionListener {

        final Queue<String> told = new ConcurrentLinkedQueue<>();
        final Queue<Subscriber> opened = new ConcurrentLinkedQueue<>();

        @Override
        public void opened(Subscriber subscriber) {
            opened.add(subscriber);
            told.add("opened " + name(subscriber));
        }

        @Override
        public void closed(Subscriber subscriber, CloseReason reason) {
            assertTrue(opened.contains(subscriber), "the same one");
            told.add("closed " + name(subscriber) + " " + reason);
        }
    }

    private static String name(Subscriber subscriber) {
        User user = subscriber.user();
        return user == null ? "nobody" : String.valueOf(user.subject());
    }

    @Test
    void aListenerSeesWhoReadsWhat(Vertx vertx) throws Exception {
        Recorder recorder = new Recorder();
        try (TemplateServer server = TemplateServer.start(vertx, TemplateOptions.DEFAULT, ENDLESS.sse())) {
            server.handler.listener(recorder).authorize(routing -> {
                Users.set(routing, User.fromName("alice"));
                return Future.succeededFuture(Rights.of(TopicFilter.of(List.of("a.*")), TopicFilter.NONE));
            });
            try (RawClient client = server.open("/chat/42?topic=a.b&topic=c")) {
                client.blocks(1);
                Subscriber subscriber = recorder.opened.element();
                assertEquals("chat/42", subscriber.stream());
                assertEquals(TopicFilter.of(List.of("a.b")), subscriber.topics());
                assertEquals("127.0.0.1", subscriber.address());
                assertEquals("alice", name(subscriber));
                assertFalse(subscriber.toString().contains("alice"), subscriber.toString());
            }
            Await.await("it has left", () -> recorder.told.size() == 2);
            assertEquals(List.of("opened alice", "closed alice GONE"), List.copyOf(recorder.told));
        }
    }

    @Test
    void eachSubscriptionIsToldOnceHoweverItEnds(Vertx vertx) throws Exception {
        Recorder recorder = new Recorder();
        try (SseServer server = SseServer.start(vertx, ENDLESS)) {
            RawClient early = open(server, "early");
            early.blocks(1);
            server.handler.listener(recorder);
            try (RawClient drained = open(server, "drained")) {
                drained.blocks(1);
                server.handler.close(Duration.ZERO).await();
                drained.rest();
            }
            open(server, "refused").close();
            early.close();
        }
        assertEquals(
                List.of("opened drained", "closed drained DRAIN"),
                List.copyOf(recorder.told),
                "one that opened before is not told, and one that was refused neither");
    }

    @Test
    void aListenerThatFailsHarmsNobody(Vertx vertx) throws Exception {
        try (SseServer server = SseServer.start(vertx, ENDLESS)) {
            server.handler.listener(new SubscriptionListener() {
                @Override
                public void opened(Subscriber subscriber) {
                    throw new IllegalStateException("of the test");
                }

                @Override
                public void closed(Subscriber subscriber, CloseReason reason) {
                    throw new AssertionError("of the test");
                }
            });
            server.publish("t", "1");
            try (RawClient client = open(server, "alice")) {
                assertTrue(client.blocks(1).endsWith("data: 1\n\n"));
                assertEquals(
                        1,
                        server.handler
                                .end(RevocationTest::each, CloseReason.EXPIRED)
                                .await());
                assertTrue(client.rest().endsWith(EXPIRED));
            }
        }
    }

    /** One user has one stream: the newest. */
    @Test
    void aListenerMayEndSubscriptions(Vertx vertx) throws Exception {
        try (SseServer server = SseServer.start(vertx, ENDLESS)) {
            server.handler.listener(new SubscriptionListener() {
                @Override
                public void opened(Subscriber newest) {
                    server.handler.end(other -> other.id() < newest.id(), CloseReason.OVERLOAD);
                }
            });
            try (RawClient first = open(server, "alice");
                    RawClient second = open(server, "alice")) {
                assertTrue(first.rest().endsWith("{\"reason\":\"overload\"}\n\n"));
                server.publish("t", "1");
                assertTrue(second.blocks(2).endsWith("data: 1\n\n"));
            }
        }
    }

    @Test
    void withoutAListenerNothingIsKeptOfASubscription() throws Exception {
        try (Bench bench = new Bench(Duration.ZERO)) {
            assertNull(bench.open(1, null).get(0).subscription.subscriber);
            bench.subscribers.listen(new SubscriptionListener() {});
            assertSame(
                    bench.open(1, null).get(0).subscription.subscriber,
                    bench.clients.get(1).subscription.asSubscriber());
        }
    }

    // ---- the end

    @Test
    void theSubscriptionsOfOneUserEndOnAllEventLoops(Vertx vertx) throws Exception {
        try (SseServer server = SseServer.start(vertx, ENDLESS, 4)) {
            List<RawClient> alices = new ArrayList<>();
            List<RawClient> bobs = new ArrayList<>();
            for (int i = 0; i < 12; i++) {
                alices.add(open(server, "alice"));
                bobs.add(open(server, "bob"));
            }
            for (int i = 0; i < 12; i++) {
                alices.get(i).blocks(1);
                bobs.get(i).blocks(1);
            }
            Future<Integer> ended = server.handler.end(named("alice"), CloseReason.EXPIRED);
            assertEquals(12, ended.await(10, TimeUnit.SECONDS));
            for (RawClient client : alices) {
                String end = client.rest();
                assertTrue(end.matches("id: \\S+-0\nretry: \\d+\\Q" + EXPIRED + "\\E"), end);
                client.close();
            }
            server.publish("t", "1");
            for (RawClient client : bobs) {
                assertTrue(client.blocks(1).endsWith("data: 1\n\n"));
                client.close();
            }
            assertEquals(
                    0, server.handler.end(named("alice"), CloseReason.EXPIRED).await());
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"EXPIRED", "LIFETIME", "DRAIN", "OVERLOAD"})
    void theClientIsToldTheReason(CloseReason reason, Vertx vertx) throws Exception {
        try (SseServer server = SseServer.start(vertx, ENDLESS);
                RawClient client = open(server, "alice")) {
            client.blocks(1);
            assertEquals(1, server.handler.end(RevocationTest::each, reason).await());
            String data = reason == CloseReason.LIFETIME
                    ? "{}"
                    : "{\"reason\":\"" + reason.name().toLowerCase(Locale.ROOT) + "\"}";
            assertTrue(client.rest().endsWith("event: close\ndata: " + data + "\n\n"));
        }
    }

    @ParameterizedTest
    @EnumSource(
            mode = Mode.EXCLUDE,
            names = {"EXPIRED", "LIFETIME", "DRAIN", "OVERLOAD"})
    void aReasonThatIsNotTheApplicationsIsRefused(CloseReason reason, Vertx vertx) {
        try (SseServer server = SseServer.start(vertx, ENDLESS)) {
            Exception e = assertThrows(
                    IllegalArgumentException.class, () -> server.handler.end(RevocationTest::each, reason));
            assertEquals("reason " + reason + ": expected one of [LIFETIME, DRAIN, OVERLOAD, EXPIRED]", e.getMessage());
        }
    }

    @Test
    void thoseEndTooThatAreBehindOrWaitOrHaveNotBegun() throws Exception {
        try (Bench bench = new Bench(Duration.ofMinutes(1))) {
            Client live = bench.open(1, null).get(0);
            Client behind = bench.open(1, null).get(0);
            behind.path.full = true;
            Client waiting = bench.open(1, "bench-9").get(0);
            bench.publish();
            assertFalse(behind.subscription.isLive());
            assertTrue(waiting.subscription.waiting() != null);
            Future<Integer> ended = bench.onLoop(() -> {
                // Those that opened in this turn of the loop have used up its time.
                bench.looks.looks.addAndGet(100);
                for (int i = 0;
                        bench.clients.get(bench.clients.size() - 1).subscription.isStarted() || i < 3;
                        i++) {
                    bench.clients.add(bench.openNow(null));
                }
                return bench.hub.end(bench.subscribers.revoke(RevocationTest::each, CloseReason.EXPIRED));
            });
            assertEquals(bench.clients.size(), ended.await(10, TimeUnit.SECONDS));
            assertTrue(bench.onLoop(() -> live.subscription.isClosed()));
            for (Client client : bench.clients) {
                String text = bench.onLoop(() -> client.path.written.toString(UTF_8));
                assertTrue(text.endsWith(EXPIRED), text);
            }
        }
    }

    /** With 5 ms of a loop at a time, by a clock that moves with each look. */
    @Test
    void tenThousandAreEndedInTurns() throws Exception {
        try (Bench bench = new Bench(Duration.ZERO, new LookClock())) {
            bench.open(10_000, null);
            LookClock looks = bench.looks;
            LookClock.Stranger stranger = looks.stranger(bench.loop);
            AtomicInteger asked = new AtomicInteger();
            Revocation half =
                    bench.subscribers.revoke(subscriber -> asked.getAndIncrement() % 2 == 0, CloseReason.EXPIRED);
            Future<Integer> ended = bench.onLoop(() -> bench.hub.end(half));
            Future<Integer> again = bench.onLoop(() -> bench.hub.end(half));
            assertEquals(5000, ended.await(30, TimeUnit.SECONDS));
            assertEquals(2500, again.await(30, TimeUnit.SECONDS));
            long longest = stranger.stop();
            assertTrue(longest <= LookClock.TURN, "a turn worked for " + longest + " ms");
            assertEquals(2500, bench.onLoop(() -> bench.limits.held()));
        }
    }

    @Test
    void aRuleThatFailsEndsNoOtherRule() throws Exception {
        try (Bench bench = new Bench(Duration.ZERO)) {
            bench.open(3, null);
            Future<Integer> failed = bench.onLoop(() -> {
                bench.hub.end(bench.subscribers.revoke(subscriber -> false, CloseReason.EXPIRED));
                return bench.hub.end(bench.subscribers.revoke(
                        subscriber -> {
                            throw new IllegalStateException("of the test");
                        },
                        CloseReason.EXPIRED));
            });
            Future<Integer> next = bench.onLoop(
                    () -> bench.hub.end(bench.subscribers.revoke(RevocationTest::each, CloseReason.EXPIRED)));
            assertEquals(3, next.await(10, TimeUnit.SECONDS));
            assertEquals("of the test", failed.cause().getMessage());
        }
    }

    // ---- a request on its way

    @Test
    void aRequestWhoseRightsWereTakenAwayMeanwhileDoesNotOpen(Vertx vertx) throws Exception {
        try (SseServer server = SseServer.start(vertx, ENDLESS)) {
            server.publish("t", "a secret");
            Promise<Rights> known = Promise.promise();
            Promise<Void> asked = Promise.promise();
            server.handler.authorize(routing -> {
                Users.set(routing, User.fromName("alice"));
                asked.tryComplete();
                return known.future();
            });
            try (RawClient client = RawClient.get(server.port(), "/events?replay=all")) {
                asked.future().await();
                assertEquals(
                        0,
                        server.handler.end(named("bob"), CloseReason.OVERLOAD).await());
                assertEquals(
                        0,
                        server.handler.end(named("alice"), CloseReason.EXPIRED).await());
                assertEquals(
                        0,
                        server.handler.end(named("carol"), CloseReason.OVERLOAD).await());
                known.complete(Rights.ALL);
                assertTrue(client.head().startsWith("HTTP/1.1 200 OK\n"));
                assertTrue(client.rest().matches("retry: \\d+\\Q" + EXPIRED + "\\E"));
            }
            // It is looked at with what came after it only.
            try (RawClient client = RawClient.get(server.port(), "/events?replay=all")) {
                client.head();
                assertTrue(client.blocks(1).endsWith("data: a secret\n\n"));
            }
        }
    }

    @Test
    void aRuleThatFailsRefusesARequestOnItsWay() {
        Revocation before = Revocation.first();
        Subscribers subscribers = new Subscribers();
        before.followedBy(subscribers.revoke(
                subscriber -> {
                    throw new IllegalStateException("of the test");
                },
                CloseReason.EXPIRED));
        Subscriber alice = new Subscriber(1, "events", TopicFilter.ALL, "", null);
        assertEquals(CloseReason.EXPIRED, before.since(() -> alice));
        assertNull(subscribers.lastRevocation().since(() -> alice));
    }

    private static boolean each(Subscriber subscriber) {
        return subscriber.id() > 0;
    }

    private static Predicate<Subscriber> named(String name) {
        return subscriber -> name(subscriber).equals(name);
    }

    /** A client that has read the head. Without {@code authorize}, its user may read all. */
    private static RawClient open(SseServer server, String user) throws Exception {
        server.before = routing -> {
            Users.set(routing, User.fromName(user));
            routing.next();
        };
        RawClient client = RawClient.get(server.port(), "/events");
        client.head();
        return client;
    }

    private record Client(FakeWritePath path, Subscription subscription) {}

    /** A hub with sockets of the test. */
    private static final class Bench implements AutoCloseable {

        final EventLoop loop = new DefaultEventLoop();
        final LookClock looks;
        final SubscriptionLimits limits = SubscriptionLimits.of(0, 0);
        final Subscribers subscribers = new Subscribers();
        final List<Client> clients = new ArrayList<>();
        final Hub hub;
        private final JournalWriter writer = new JournalWriter(History.DEFAULT, InstantSource.system());

        Bench(Duration lag) throws Exception {
            this(lag, new LookClock());
        }

        Bench(Duration lag, LookClock looks) throws Exception {
            this.looks = looks;
            writer.reset(Epochs.startingAt(new EventId("bench", 0)), 0, List.of());
            hub = onLoop(() -> new Hub(loop, ENDLESS.sse(), lag, limits, new StreamListener() {}, subscribers, looks));
        }

        List<Client> open(int count, @Nullable String lastEventId) throws Exception {
            for (int i = 0; i < count; i++) {
                clients.add(onLoop(() -> openNow(lastEventId)));
            }
            settle();
            return clients.subList(clients.size() - count, clients.size());
        }

        Client openNow(@Nullable String lastEventId) {
            FakeWritePath path = new FakeWritePath();
            SubscriptionRequest request = Wishes.lasting(Duration.ZERO, TopicFilter.ALL, lastEventId, Replay.LAST, "");
            return new Client(path, Objects.requireNonNull(hub.open(path, new FakeStream(writer.journal()), request)));
        }

        void publish() throws Exception {
            EventId next = writer.journal().id(writer.journal().head() + 1);
            writer.append(List.of(Event.of(next, Instant.now(), new NewEvent("t", null, "x"))));
            settle();
        }

        void settle() throws Exception {
            Await.await("the hub is idle", () -> onLoop(hub::isIdle));
        }

        <T> T onLoop(Callable<T> task) throws Exception {
            return loop.submit(task).get(30, TimeUnit.SECONDS);
        }

        @Override
        public void close() {
            loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
        }
    }
}
