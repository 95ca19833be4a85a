package io.sluice.sse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.auth.Rights;
import io.sluice.log.History;
import io.sluice.log.NewEvent;
import io.sluice.stream.TopicFilter;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.junit5.VertxExtension;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Clients that poll in a loop while others publish, with the HTTP client of the JDK. */
@ExtendWith(VertxExtension.class)
@Timeout(60)
// In each test.
@SuppressWarnings("NullAway.Init")
class PollLoopTest {

    private static final Settings ENDLESS =
            Settings.DEFAULT.withLifetime(Duration.ZERO).withReplay(Replay.parse("all"));
    private static final int EVENTS = 3000;
    private static final int POLLERS = 4;

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final HttpClient http = HttpClient.newHttpClient();
    private final Random random = new Random(7);
    private final List<NewEvent> published = new ArrayList<>();
    private SseServer server;

    /** The last event that a client is to get, once all are published. */
    private volatile long newest = Long.MAX_VALUE;

    private void start(Vertx vertx, int kept) {
        server = SseServer.start(vertx, ENDLESS.withHistory(History.of(kept, null, null)), 2);
    }

    @AfterEach
    void stop() {
        threads.shutdownNow();
        server.close();
    }

    @ParameterizedTest
    @CsvSource({"'', abc", "&topic=a, a", "&topic=b.%3E&topic=c, bc", "&topic=c, c"})
    void noEventIsMissedAndNoneComesTwice(String query, String topics, Vertx vertx) throws Exception {
        start(vertx, 2 * EVENTS);
        for (Poller poller : poll(query, topics)) {
            assertEquals(numbers(topics), poller.numbers);
            assertEquals(0, poller.lost);
        }
    }

    /** Each of its events, or a gap that counts it. */
    @Test
    void whatIsMissedIsCounted(Vertx vertx) throws Exception {
        start(vertx, 40);
        long lost = 0;
        for (Poller poller : poll("", "abc")) {
            assertEquals(published.size(), poller.numbers.size() + poller.lost);
            lost += poller.lost;
        }
        assertTrue(lost > 0, "nobody was slow");
    }

    @Test
    void aLimitedReaderGetsItsOwnAndLearnsOfNoOther(Vertx vertx) throws Exception {
        start(vertx, 2 * EVENTS);
        server.handler.authorize(routing ->
                io.vertx.core.Future.succeededFuture(Rights.of(TopicFilter.of(List.of("c", "b.>")), TopicFilter.NONE)));
        for (Poller poller : poll("", "bc")) {
            assertEquals(numbers("bc"), poller.numbers);
            for (String last : poller.lasts) {
                int n = (int) number(last);
                assertTrue(n == 0 || isOf(n, "bc"), last);
            }
        }
    }

    /** The numbers of the events about some topics, from 1 on. */
    private List<Integer> numbers(String topics) {
        return IntStream.rangeClosed(1, published.size())
                .filter(n -> isOf(n, topics))
                .boxed()
                .toList();
    }

    private boolean isOf(int n, String topics) {
        return topics.indexOf(published.get(n - 1).topic().charAt(0)) >= 0;
    }

    /** Polls and publishes, until each client has all. */
    private List<Poller> poll(String query, String topics) throws Exception {
        List<Future<Poller>> pollers = new ArrayList<>();
        for (int i = 0; i < POLLERS; i++) {
            Poller poller = new Poller(query, new Random(i));
            pollers.add(threads.submit(poller::loop));
        }
        while (published.size() < EVENTS) {
            publish("abc".charAt(random.nextInt(3)), 1 + random.nextInt(40));
        }
        newest = numbers(topics).stream().mapToInt(n -> n).max().orElseThrow();
        List<Poller> done = new ArrayList<>();
        for (Future<Poller> poller : pollers) {
            done.add(poller.get(20, TimeUnit.SECONDS));
        }
        return done;
    }

    private void publish(char topic, int count) {
        List<NewEvent> batch = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String name = topic == 'b' ? "b.b" : String.valueOf(topic);
            batch.add(new NewEvent(name, null, "x".repeat(random.nextInt(3000))));
        }
        published.addAll(batch);
        server.publish(batch);
    }

    private static long number(@Nullable String id) {
        return id == null ? 0 : Long.parseLong(id.substring(id.indexOf('-') + 1));
    }

    /** One client. */
    private final class Poller {

        private final String query;
        private final Random random;
        private final List<Integer> numbers = new ArrayList<>();
        private final Set<String> lasts = new HashSet<>();
        private @Nullable String last;
        private long lost;

        Poller(String query, Random random) {
            this.query = query;
            this.random = random;
        }

        private Poller loop() throws Exception {
            while (number(last) < newest) {
                take(next());
            }
            return this;
        }

        private JsonObject next() throws Exception {
            String from = last == null ? "" : "&lastEventId=" + last;
            String wait = random.nextInt(3) == 0 ? "" : "&wait=" + (1 + random.nextInt(300)) + "ms";
            String limit = random.nextBoolean() ? "" : "&limit=" + (1 + random.nextInt(30));
            URI uri = URI.create(
                    "http://127.0.0.1:" + server.port() + "/events?format=json" + query + from + wait + limit);
            HttpResponse<String> response =
                    http.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
            assertEquals(200, response.statusCode(), response.body());
            return new JsonObject(response.body());
        }

        private void take(JsonObject answer) {
            long before = number(last);
            JsonObject gap = answer.getJsonObject("gap");
            if (gap != null) {
                assertEquals(last, gap.getString("after"));
                long missed = gap.getLong("lost");
                lost += missed;
                before += missed;
            }
            for (Object element : answer.getJsonArray("events")) {
                long n = number(((JsonObject) element).getString("id"));
                assertTrue(n > before, n + " after " + before);
                before = n;
                numbers.add((int) n);
            }
            last = answer.getString("last");
            assertTrue(number(last) >= before, last + " after " + before);
            lasts.add(last);
        }
    }
}
