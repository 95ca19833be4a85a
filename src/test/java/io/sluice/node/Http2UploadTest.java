package io.sluice.node;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.sluice.log.ByteSize;
import io.sluice.log.History;
import io.sluice.stream.EventStream;
import io.sluice.stream.StreamOptions;
import io.sluice.testing.Await;
import io.sluice.testing.network.TcpRelay;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.junit5.VertxExtension;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Large bodies over HTTP/2. */
@ExtendWith(VertxExtension.class)
class Http2UploadTest {

    private static final String OPEN = """
            {
              "http": { "host": "127.0.0.1", "port": 0 },
              "publish": { "enabled": true, "anonymous": true }
            }
            """;

    private static final String LINE = "\"" + "x".repeat(997) + "\"\n";
    private static final int LINES = 7_800;

    private final AtomicLong upwards = new AtomicLong();
    private final Semaphore downwards = new Semaphore(1);

    /** Counts what the client sends, and keeps back what the server answers if it is told to. */
    private void relay(TcpRelay relay, Socket client, int port) throws IOException {
        Socket server = relay.connect(port);
        TcpRelay.run(() -> {
            byte[] bytes = new byte[64 << 10];
            for (int read = 0; read >= 0; read = server.getInputStream().read(bytes)) {
                downwards.acquireUninterruptibly();
                downwards.release();
                client.getOutputStream().write(bytes, 0, read);
            }
        });
        byte[] bytes = new byte[64 << 10];
        for (int read = 0; read >= 0; read = client.getInputStream().read(bytes)) {
            server.getOutputStream().write(bytes, 0, read);
            upwards.addAndGet(read);
        }
    }

    /** With the window of the protocol, 64 kB, a body of 7.8 MB took 19.5 s over 50 ms each way. */
    @Test
    void aClientSendsMegabytesBeforeItHearsFromTheNode(Vertx vertx) throws Exception {
        StreamOptions options = StreamOptions.DEFAULT.withHistory(History.of(10_000, null, ByteSize.ofMegabytes(64)));
        ServedStream node = ServedStream.serve(
                vertx, EventStream.open(vertx, "events", options).await(), OPEN);
        TcpRelay[] relay = new TcpRelay[1];
        relay[0] = TcpRelay.start(client -> relay(relay[0], client, node.port()));
        try (TcpRelay closed = relay[0]) {
            int port = closed.address().getPort();
            HttpClient client = vertx.createHttpClient(new HttpClientOptions()
                    .setProtocolVersion(HttpVersion.HTTP_2)
                    .setHttp2ClearTextUpgrade(false));
            // The settings come with the first answer.
            client.request(HttpMethod.GET, port, "127.0.0.1", "/health/live")
                    .compose(HttpClientRequest::send)
                    .compose(HttpClientResponse::body)
                    .await();
            HttpClientRequest post = client.request(HttpMethod.POST, port, "127.0.0.1", "/events")
                    .await();
            post.putHeader("Content-Type", "application/x-ndjson");
            downwards.acquire();
            long before = upwards.get();
            var response = post.send(Buffer.buffer(LINE.repeat(LINES)));
            Await.await(
                    "it sends 3 MB, and has heard nothing",
                    Duration.ofSeconds(20),
                    () -> upwards.get() - before >= 3 << 20);
            downwards.release();
            assertEquals(201, response.await().statusCode());
            assertEquals(LINES, node.stream().journal().head());
        }
    }
}
