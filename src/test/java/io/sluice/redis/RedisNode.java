package io.sluice.redis;

import static org.junit.jupiter.api.Assertions.fail;

import io.sluice.cluster.Leases;
import io.sluice.hazelcast.HazelcastCluster;
import io.sluice.log.Batch;
import io.sluice.log.EventId;
import io.sluice.log.History;
import io.sluice.log.Journal;
import io.sluice.log.LogProvider;
import io.sluice.log.NewEvent;
import io.sluice.log.Receipt;
import io.sluice.log.RecentKeys;
import io.sluice.log.Resumption;
import io.sluice.log.Resumption.Gap;
import io.sluice.log.Resumption.Resumed;
import io.sluice.stream.EventStream;
import io.sluice.stream.StreamOptions;
import io.sluice.testing.Await;
import io.sluice.testing.cluster.InJvmCluster;
import io.sluice.testing.process.RedisServer;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A node without HTTP, in this JVM: a Vert.x instance, and the stream {@code events} with its log in a Redis. */
record RedisNode(Vertx vertx, RedisClient client, EventStream stream) implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    static RedisNode open(RedisServer redis) {
        return open(redis, History.DEFAULT, RecentKeys.DEFAULT_AGE);
    }

    static RedisNode open(String uri) {
        return open(uri, History.DEFAULT, RecentKeys.DEFAULT_AGE);
    }

    static RedisNode open(String uri, History history) {
        return open(uri, history, RecentKeys.DEFAULT_AGE);
    }

    static RedisNode open(RedisServer redis, History history, Duration idempotency) {
        return open(redis.uri(), history, idempotency);
    }

    private static RedisNode open(String uri, History history, Duration idempotency) {
        return open(Vertx.vertx(), uri, history, idempotency, Optional.empty());
    }

    /** One that Hazelcast connects with others besides. */
    static RedisNode openIn(InJvmCluster cluster, RedisServer redis) {
        Vertx vertx = cluster.join();
        Optional<Leases> leases = HazelcastCluster.of(vertx).map(HazelcastCluster::leases);
        return open(vertx, redis.uri(), History.DEFAULT, RecentKeys.DEFAULT_AGE, leases);
    }

    private static RedisNode open(
            Vertx vertx, String uri, History history, Duration idempotency, Optional<Leases> cluster) {
        RedisClient client = RedisClient.connect(vertx, new RedisUri(uri)).await();
        try {
            StreamOptions options = new StreamOptions(List.of("ticks"), history, idempotency);
            LogProvider log = RedisLog.provider(client, cluster);
            return new RedisNode(
                    vertx,
                    client,
                    EventStream.open(vertx, "events", options, log).await());
        } catch (RuntimeException e) {
            client.close().await();
            vertx.close().await();
            throw e;
        }
    }

    EventId publish(String... data) {
        return submit(null, data).last();
    }

    Receipt submit(@Nullable String key, String... data) {
        return stream.publish(submission(key, data)).await();
    }

    static Batch submission(@Nullable String key, String... data) {
        List<NewEvent> publications =
                Arrays.stream(data).map(text -> new NewEvent("t", null, text)).toList();
        return new Batch(publications, key);
    }

    Journal journal() {
        return stream.journal();
    }

    /** The events of the journal, as {@code n data}. */
    List<String> events() {
        Journal journal = journal();
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

    /** Whether a reader continues after an event, and a gap would be counted. */
    boolean knows(EventId id) {
        Resumption next = journal().resume(id);
        return next instanceof Resumed || (next instanceof Gap gap && gap.lost() != null);
    }

    /** The position of the newest event. */
    EventId head() {
        return journal().id(journal().head());
    }

    /** Waits until the newest event is this. */
    RedisNode awaitNewest(String event) throws Exception {
        return await(() -> {
            List<String> events = events();
            return !events.isEmpty() && events.get(events.size() - 1).equals(event);
        });
    }

    RedisNode awaitFollowing(boolean following) throws Exception {
        return await(() -> stream.isFollowing() == following);
    }

    RedisNode await(Await.Condition condition) throws Exception {
        if (!Await.holds(PATIENCE, condition)) {
            return fail("it does not come; there are " + events());
        }
        return this;
    }

    /** All but its Vert.x. */
    void stop() {
        stream.close().await();
        client.close().await();
    }

    @Override
    public void close() {
        stop();
        vertx.close().await();
    }
}
