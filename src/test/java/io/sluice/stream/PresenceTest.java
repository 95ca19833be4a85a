package io.sluice.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.log.NamedStream;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.junit5.VertxExtension;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(VertxExtension.class)
// JUnit calls open().
@SuppressWarnings("NullAway.Init")
class PresenceTest {

    /** @param nanos when it came */
    private record Told(JsonObject body, long nanos) {

        String text() {
            return body.getString("stream") + ' ' + body.getInteger("subscribers");
        }
    }

    private final BlockingQueue<Told> told = new LinkedBlockingQueue<>();
    private Vertx vertx;
    private StreamTemplate chat;
    private Presence presence;

    @BeforeEach
    void open(Vertx vertx) {
        this.vertx = vertx;
        listen("sluice.presence.chat");
        chat = StreamTemplate.open(vertx, "chat", TemplateOptions.DEFAULT).await();
        presence = Presence.of(vertx, "node1");
        chat.addListener(presence);
    }

    private void listen(String address) {
        vertx.eventBus()
                .<JsonObject>consumer(address, message -> told.add(new Told(message.body(), System.nanoTime())));
    }

    @AfterEach
    void close() {
        presence.close().await();
        chat.close().await();
    }

    @Test
    void theFirstAndTheLastSubscriberAreToldAtOnce() throws Exception {
        NamedStream stream = chat.watch("42").await();
        for (int i = 0; i < 3; i++) {
            chat.subscribed(stream, 1);
            assertEquals(
                    new JsonObject()
                            .put("stream", "chat/42")
                            .put("subscribers", 1)
                            .put("node", "node1"),
                    next().body());
            chat.subscribed(stream, -1);
            assertEquals("chat/42 0", next().text());
        }
    }

    @Test
    void whoAsksIsToldOfAStreamOnceMore() throws Exception {
        NamedStream stream = chat.watch("42").await();
        chat.subscribed(stream, 1);
        assertEquals("chat/42 1", next().text());
        vertx.eventBus()
                .publish(Presence.ASK, "chat/41")
                .publish(Presence.ASK, 42)
                .publish(Presence.ASK, "chat/42");
        assertEquals("chat/42 1", next().text());
        chat.subscribed(stream, -1);
        assertEquals("chat/42 0", next().text());
        vertx.eventBus().publish(Presence.ASK, "chat/42");
        chat.subscribed(stream, 1);
        assertEquals("chat/42 1", next().text());
    }

    @Test
    void moreAndFewerAreToldOnceASecondWithTheNumberAsItIsThen() throws Exception {
        NamedStream stream = chat.watch("42").await();
        chat.subscribed(stream, 1);
        assertEquals("chat/42 1", next().text());
        for (int i = 0; i < 10; i++) {
            chat.subscribed(stream, 1);
        }
        Told second = next();
        assertEquals("chat/42 11", second.text());
        chat.subscribed(stream, -3);
        Told third = next();
        assertEquals("chat/42 8", third.text());
        long millis = TimeUnit.NANOSECONDS.toMillis(third.nanos() - second.nanos());
        assertTrue(millis > 900, () -> millis + " ms between two");
    }

    @Test
    void aNumberThatIsAsItWasIsNotTold() throws Exception {
        NamedStream stream = chat.watch("42").await();
        NamedStream other = chat.watch("43").await();
        chat.subscribed(stream, 1);
        assertEquals("chat/42 1", next().text());
        chat.subscribed(stream, 1);
        chat.subscribed(other, 1);
        assertEquals("chat/43 1", next().text());
        chat.subscribed(stream, -1);
        chat.subscribed(other, 1);
        assertEquals("chat/43 2", next().text());
        assertEquals(List.of(), List.copyOf(told));
    }

    @Test
    void thousandsOfStreamsAreToldEachWithItsLastNumberAndInOrder() throws Exception {
        int streams = 3000;
        List<Thread> loops = new ArrayList<>();
        List<NamedStream> all = new ArrayList<>();
        for (int i = 0; i < streams; i++) {
            all.add(chat.watch("s" + i).await());
        }
        for (int loop = 0; loop < 3; loop++) {
            Thread thread = new Thread(() -> all.forEach(stream -> chat.subscribed(stream, 1)));
            thread.start();
            loops.add(thread);
        }
        for (Thread thread : loops) {
            thread.join();
        }
        Map<String, Integer> last = new HashMap<>();
        while (last.size() < streams || last.values().stream().anyMatch(now -> now < 3)) {
            JsonObject body = next().body();
            int now = body.getInteger("subscribers");
            Integer before = last.put(body.getString("stream"), now);
            assertTrue(before == null || now > before, () -> body + " after " + before);
        }
        all.forEach(stream -> chat.subscribed(stream, -3));
        for (int i = 0; i < streams; i++) {
            assertEquals(0, next().body().getInteger("subscribers"));
        }
        assertEquals(List.of(), List.copyOf(told));
    }

    @Test
    void aDeclaredStreamHasPresenceToo() throws Exception {
        listen("sluice.presence.events");
        EventStream events =
                EventStream.open(vertx, "events", StreamOptions.DEFAULT).await();
        Presence nameless = Presence.of(vertx, null);
        events.addListener(nameless);
        events.subscribed(2);
        Told first = next();
        assertEquals("events 2", first.text());
        assertTrue(first.body().containsKey("node"));
        assertNull(first.body().getString("node"));
        nameless.close().await();
        events.close().await();
    }

    @Test
    void aClosedPresenceTellsNothingMore() throws Exception {
        NamedStream stream = chat.watch("42").await();
        chat.subscribed(stream, 1);
        presence.close().await();
        chat.subscribed(stream, 1);
        chat.subscribed(stream, -2);
        assertEquals("chat/42 1", next().text());
        Presence next = Presence.of(vertx, "next");
        chat.addListener(next);
        chat.subscribed(stream, 1);
        assertEquals("next", next().body().getString("node"));
        next.close().await();
    }

    private Told next() throws InterruptedException {
        Told next = told.poll(30, TimeUnit.SECONDS);
        assertTrue(next != null, "nothing is told");
        return next;
    }
}
