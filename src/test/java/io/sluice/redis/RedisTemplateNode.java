package io.sluice.redis;

import static org.junit.jupiter.api.Assertions.fail;

import io.sluice.log.Batch;
import io.sluice.log.EventId;
import io.sluice.log.Journal;
import io.sluice.log.NamedStream;
import io.sluice.log.NewEvent;
import io.sluice.log.Receipt;
import io.sluice.log.Resumption;
import io.sluice.log.Resumption.Gap;
import io.sluice.log.Resumption.Resumed;
import io.sluice.stream.StreamTemplate;
import io.sluice.stream.TemplateOptions;
import io.sluice.testing.Await;
import io.sluice.testing.process.RedisServer;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A node without HTTP, in this JVM: a Vert.x instance, and a template with its streams in a Redis. */
record RedisTemplateNode(Vertx vertx, RedisClient client, StreamTemplate chats) implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    static RedisTemplateNode open(RedisServer redis) {
        return open(redis.uri(), TemplateOptions.DEFAULT);
    }

    static RedisTemplateNode open(String uri, TemplateOptions options) {
        Vertx vertx = Vertx.vertx();
        try {
            RedisClient client = RedisClient.connect(vertx, new RedisUri(uri)).await();
            StreamTemplate chats = StreamTemplate.open(vertx, "chat", options, RedisTemplateLog.provider(client))
                    .onFailure(failure -> client.close())
                    .await();
            return new RedisTemplateNode(vertx, client, chats);
        } catch (RuntimeException e) {
            vertx.close().await();
            throw e;
        }
    }

    EventId publish(String stream, String... data) {
        return submit(stream, null, false, data).last();
    }

    Receipt submit(String stream, @Nullable String key, boolean end, String... data) {
        return chats.publish(stream, batch(key, end, data)).await();
    }

    static Batch batch(@Nullable String key, boolean end, String... data) {
        List<NewEvent> events =
                Arrays.stream(data).map(text -> new NewEvent("t", null, text)).toList();
        return new Batch(events, key, end);
    }

    NamedStream watch(String stream) {
        return chats.watch(stream).await();
    }

    /** The events of a stream, as {@code n data}, as who comes now gets them. */
    List<String> read(String stream) {
        NamedStream watched = watch(stream);
        List<String> events = events(watched);
        chats.release(watched);
        return events;
    }

    /** The events of a journal, as {@code n data}. */
    static List<String> events(NamedStream stream) {
        Journal journal = stream.journal();
        List<String> events = new ArrayList<>();
        for (long position = journal.tail(); position <= journal.head(); position++) {
            Journal.Entry entry = journal.read(position);
            // Null if it was evicted just now.
            if (entry != null) {
                events.add(entry.event().n() + " " + entry.event().data());
            }
        }
        return events;
    }

    /** Waits until a stream has these events. */
    static void awaitEvents(NamedStream stream, String... events) throws Exception {
        List<String> expected = List.of(events);
        if (!Await.holds(PATIENCE, () -> events(stream).equals(expected))) {
            fail("there are " + events(stream));
        }
    }

    static void awaitNewest(NamedStream stream, String event) throws Exception {
        Await.await(event, PATIENCE, () -> {
            List<String> events = events(stream);
            return !events.isEmpty() && events.get(events.size() - 1).equals(event);
        });
    }

    static void awaitState(NamedStream stream, Journal.State state) throws Exception {
        Await.await(state.toString(), PATIENCE, () -> stream.journal().state() == state);
    }

    /** Whether a reader continues after an event, and a gap would be counted. */
    static boolean knows(NamedStream stream, EventId id) {
        Resumption next = stream.journal().resume(id);
        return next instanceof Resumed || (next instanceof Gap gap && gap.lost() != null);
    }

    static EventId head(NamedStream stream) {
        return stream.journal().id(stream.journal().head());
    }

    void awaitFollowing(boolean following) throws Exception {
        Await.await("following " + following, PATIENCE, () -> chats.isFollowing() == following);
    }

    @Override
    public void close() {
        chats.close().await();
        client.close().await();
        vertx.close().await();
    }
}
