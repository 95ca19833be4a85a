package io.sluice.sse;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.netty.channel.Channel;
import io.sluice.testing.client.RawClient;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.net.impl.ConnectionBase;
import io.vertx.ext.web.RoutingContext;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The path alone, without a hub that is careful not to write to what is full. */
class DirectWritePathTest {

    private static final String THE_END = "the end";
    private static final String LARGE = "x".repeat(200_000);

    /** Outside of its strict mode Vert.x keeps a queue, in which the head waits while the socket is full. */
    @ParameterizedTest
    @EnumSource(names = {"STRICT", "LOOSE", "SHAPED", "EPOLL"})
    void nothingOvertakesWhatGoesTheLongWay(ServerKind kind) throws Exception {
        Vertx vertx = kind.vertx();
        try (SseServer server = kind.start(vertx, ServerKind.ENDLESS, SubscriptionLimits.of(0, 0), null);
                RawClient client = new RawClient(server.port(), 16 * 1024)) {
            AtomicBoolean enough = new AtomicBoolean();
            server.before = routing -> write(routing, enough);
            client.send("GET /events HTTP/1.1");
            client.head();
            Flood.assertSame(LARGE.repeat(6), client.read(6 * LARGE.length()));
            enough.set(true);
            String rest = client.rest();
            StringBuilder expected = new StringBuilder();
            for (int n = 0; expected.length() < rest.length() - THE_END.length(); n++) {
                expected.append(n).append('\n');
            }
            Flood.assertSame(expected + THE_END, rest);
            client.send("GET /nothing HTTP/1.1");
            assertEquals(
                    "HTTP/1.1 404 Not Found", client.head().lines().findFirst().orElseThrow());
        } finally {
            vertx.close().await();
        }
    }

    private static void write(RoutingContext routing, AtomicBoolean enough) {
        HttpServerResponse response = routing.response().setChunked(true);
        Channel channel = ((ConnectionBase) routing.request().connection()).channel();
        for (int i = 0; i < 3; i++) {
            response.write(LARGE);
        }
        DirectWritePath path = new DirectWritePath(routing.request(), channel);
        path.connect(new FakeListener());
        for (int i = 0; i < 3; i++) {
            path.write(block(LARGE));
        }
        writeFrom(0, path, channel, enough);
    }

    /** One in each millisecond, so that some come while the queue is half empty. */
    private static void writeFrom(int n, DirectWritePath path, Channel channel, AtomicBoolean enough) {
        if (enough.get()) {
            path.end(THE_END.getBytes(UTF_8));
            path.write(block("nothing follows the end"));
        } else {
            path.write(block(n + "\n"));
            Future<?> unused = channel.eventLoop()
                    .schedule(() -> writeFrom(n + 1, path, channel, enough), 1, TimeUnit.MILLISECONDS);
        }
    }

    private static FrameBatch block(String text) {
        return new FrameBatch().append(text.getBytes(UTF_8));
    }

    private static final class FakeListener implements WritePath.Listener {

        @Override
        public void drained() {}

        @Override
        public void gone() {}
    }
}
