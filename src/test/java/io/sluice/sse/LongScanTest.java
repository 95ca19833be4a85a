package io.sluice.sse;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.channel.DefaultEventLoop;
import io.netty.channel.EventLoop;
import io.sluice.log.ByteSize;
import io.sluice.log.Epochs;
import io.sluice.log.Event;
import io.sluice.log.EventId;
import io.sluice.log.History;
import io.sluice.log.Journal;
import io.sluice.log.JournalWriter;
import io.sluice.log.NewEvent;
import io.sluice.sse.SseOptions.Slow;
import io.sluice.stream.EventStream;
import io.sluice.stream.StreamOptions;
import io.sluice.stream.TopicFilter;
import io.sluice.testing.Await;
import io.sluice.testing.client.RawClient;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.ext.web.Router;
import io.vertx.junit5.VertxExtension;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A client may ask for something that takes a look at all of a long history. It is searched a turn at a time, and others are
 * served between.
 *
 * <p>A clock of the test says how long a turn has worked: {@link LookClock}.
 */
@ExtendWith(VertxExtension.class)
class LongScanTest {

    private static final int EVENTS = 100_000;
    private static final History HISTORY = History.of(EVENTS, null, ByteSize.ofMegabytes(1000));
    private static final EventId EMPTY = new EventId("long", 0);

    private final EventLoop loop = new DefaultEventLoop();
    private ServedStream stream = new FakeStream(writer().journal());
    private final LookClock clock = new LookClock();

    @AfterEach
    void stop() {
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }

    @ParameterizedTest
    @CsvSource({
        "rare, 1000, 2",
        "rare.*, 1000, 0",
        "*, 1, 1",
        "none.>, snapshot, 0",
        "t.>, snapshot, 99998",
        ", snapshot, 99999"
    })
    void aTurnEndsHoweverLongTheHistoryIs(@Nullable String topic, String replay, int events) throws Exception {
        JournalWriter writer = writer();
        Journal journal = writer.journal();
        writer.append(List.of(event(1, "rare"), event(2, "rare")));
        writer.append(topics(3, EVENTS));
        Hub hub = hub(journal, Slow.GAP);
        TopicFilter filter = topic == null ? TopicFilter.ALL : TopicFilter.of(List.of(topic));
        LookClock.Stranger stranger = clock.stranger(loop);
        FakeWritePath path = new FakeWritePath();
        Subscription subscription =
                onLoop(() -> Objects.requireNonNull(hub.open(path, stream, request(filter, replay))));
        Await.await("the subscription is live", () -> onLoop(subscription::isLive));
        long longest = stranger.stop();
        assertEquals(events, onLoop(() -> path.written.toString(UTF_8)).split("\ndata: ", -1).length - 1);
        assertTrue(clock.looks.get() > EVENTS / 64, "the scan looked at the clock " + clock.looks + " times");
        assertTrue(longest <= LookClock.TURN, "a turn worked for " + longest + " ms");
    }

    @ParameterizedTest
    @CsvSource({"t.>, 99999", "rare, 1", ", 100000"})
    void aTurnEndsHoweverManyTopicsAreKeptBeyondTheHistory(@Nullable String topic, int events) throws Exception {
        JournalWriter writer = new JournalWriter(History.of(10, null, null, EVENTS), InstantSource.system());
        writer.reset(Epochs.startingAt(EMPTY), 0, List.of());
        writer.append(List.of(event(1, "rare")));
        writer.append(topics(2, EVENTS));
        Hub hub = hub(writer.journal(), Slow.GAP);
        TopicFilter filter = topic == null ? TopicFilter.ALL : TopicFilter.of(List.of(topic));
        LookClock.Stranger stranger = clock.stranger(loop);
        FakeWritePath path = new FakeWritePath();
        Subscription subscription =
                onLoop(() -> Objects.requireNonNull(hub.open(path, stream, request(filter, "snapshot"))));
        Await.await("the subscription is live", () -> onLoop(subscription::isLive));
        long longest = stranger.stop();
        assertEquals(events, onLoop(() -> path.written.toString(UTF_8)).split("\ndata: ", -1).length - 1);
        assertTrue(clock.looks.get() > EVENTS / 64, "the scan looked at the clock " + clock.looks + " times");
        assertTrue(longest <= LookClock.TURN, "a turn worked for " + longest + " ms");
    }

    @Test
    void conflatingALongHistoryATurnEnds() throws Exception {
        JournalWriter writer = writer();
        Journal journal = writer.journal();
        writer.append(topics(1, 10));
        Hub hub = hub(journal, Slow.LATEST);
        FakeWritePath path = new FakeWritePath();
        Subscription subscription =
                onLoop(() -> Objects.requireNonNull(hub.open(path, stream, request(TopicFilter.ALL, "none"))));
        onLoop(() -> path.full = true);
        writer.append(topics(11, 20));
        settle(hub);
        for (int from = 21; from <= 2 * EVENTS; from += 1000) {
            List<Event> batch = new ArrayList<>();
            for (int n = from; n < from + 1000; n++) {
                batch.add(event(n, "t.x." + n / 2));
            }
            writer.append(batch);
        }
        settle(hub);
        LookClock.Stranger stranger = clock.stranger(loop);
        onLoop(() -> {
            path.full = false;
            path.drained.run();
            return null;
        });
        Await.await("the subscription is live", () -> onLoop(subscription::isLive));
        long longest = stranger.stop();
        String written = onLoop(() -> path.written.toString(UTF_8));
        Matcher gap =
                Pattern.compile("event: gap\n.*\ndata: .*\"lost\":(\\d+)}").matcher(written);
        assertTrue(gap.find());
        int got = written.split("\ndata: x\n", -1).length - 1;
        assertEquals(journal.head() - 10, got + Long.parseLong(gap.group(1)), "what it got, and what it lost");
        assertTrue(clock.looks.get() > EVENTS / 64, "the scan looked at the clock " + clock.looks + " times");
        assertTrue(longest <= LookClock.TURN, "a turn worked for " + longest + " ms");
    }

    @Test
    void overHttpAStrangersRequestIsServedWithinAScan(Vertx vertx) throws Exception {
        StreamOptions options = StreamOptions.DEFAULT.withHistory(HISTORY);
        EventStream stream = EventStream.open(vertx, "events", options).await();
        for (int from = 0; from < EVENTS; from += 10_000) {
            stream.publish(newEvents(from, 10_000)).await();
        }
        SseHandler handler = SseHandler.create(stream, SseOptions.DEFAULT, SubscriptionLimits.of(0, 0), null, clock);
        Router router = Router.router(vertx);
        AtomicLong seen = new AtomicLong();
        CountDownLatch held = new CountDownLatch(1);
        CountDownLatch both = new CountDownLatch(1);
        router.route("/hold").handler(routing -> {
            held.countDown();
            await(both);
            routing.response().end();
        });
        router.route("/stranger").handler(routing -> {
            seen.set(clock.looks.get());
            routing.response().end();
        });
        router.route("/events").handler(handler);
        HttpServer server = vertx.createHttpServer(
                        new HttpServerOptions().setHost("127.0.0.1").setPort(0))
                .requestHandler(router)
                .listen()
                .await();
        try (RawClient scanning = RawClient.get(server.actualPort(), "/stranger");
                RawClient stranger = RawClient.get(server.actualPort(), "/stranger");
                RawClient holding = new RawClient(server.actualPort())) {
            scanning.head();
            stranger.head();
            holding.send("GET /hold HTTP/1.1");
            await(held);
            scanning.send("GET /events?topic=none.*&replay=1000 HTTP/1.1");
            stranger.send("GET /stranger HTTP/1.1");
            both.countDown();
            holding.head();
            stranger.head();
            scanning.head();
            assertEquals(":\n\n", scanning.blocks(1));
            assertEquals("id: " + stream.journal().id(EVENTS) + "\n\n", scanning.blocks(1));
            assertTrue(clock.looks.get() > EVENTS / 64, "the scan looked at the clock " + clock.looks);
            assertTrue(seen.get() < EVENTS / 64 / 2, "a stranger was served after " + seen + " looks");
        } finally {
            handler.close(Duration.ZERO).await();
            server.close().await();
            stream.close().await();
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertTrue(latch.await(10, TimeUnit.SECONDS));
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static List<NewEvent> newEvents(int from, int count) {
        List<NewEvent> events = new ArrayList<>();
        for (int i = from; i < from + count; i++) {
            events.add(new NewEvent("t." + i, null, "x"));
        }
        return events;
    }

    private Hub hub(Journal journal, Slow slow) throws Exception {
        SseOptions options = SseOptions.DEFAULT.withHeartbeat(Duration.ZERO).withSlow(slow);
        stream = new FakeStream(journal);
        return onLoop(() -> UnlimitedHub.on(loop, options, Duration.ZERO, clock));
    }

    private static SubscriptionRequest request(TopicFilter filter, String replay) {
        return Wishes.lasting(Duration.ZERO, filter, null, Replay.parse(replay), "");
    }

    private static JournalWriter writer() {
        JournalWriter writer = new JournalWriter(HISTORY, InstantSource.system());
        writer.reset(Epochs.startingAt(EMPTY), 0, List.of());
        return writer;
    }

    private static List<Event> topics(int from, int to) {
        List<Event> events = new ArrayList<>();
        for (int n = from; n <= to; n++) {
            events.add(event(n, "t." + n));
        }
        return events;
    }

    private static Event event(int n, String topic) {
        return Event.of(EMPTY.at(n), Instant.now(), new NewEvent(topic, null, "x"));
    }

    private void settle(Hub hub) throws Exception {
        Await.await("the hub is idle", () -> onLoop(hub::isIdle));
    }

    private <T> T onLoop(Callable<T> task) throws Exception {
        return loop.submit(task).get(30, TimeUnit.SECONDS);
    }
}
