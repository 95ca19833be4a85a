package io.sluice.bridge;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.sluice.testing.client.BridgeSocket;
import io.sluice.testing.cluster.InJvmCluster;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Two nodes of a cluster, with a bridge each. */
@Timeout(60)
class BridgeClusterTest {

    private static int bridge(Vertx vertx) {
        BridgeVerticle verticle = new BridgeVerticle(new BridgeSettings(
                "127.0.0.1", 0, List.of("out.>"), List.of("out.>"), 64 << 10, Duration.ofSeconds(60)));
        vertx.deployVerticle(verticle).await();
        return verticle.port();
    }

    /** Such an answer went to the cluster as a new request, which knew no node with its address: NO_HANDLERS. */
    @Test
    void anAnswerThatIsARequestItselfReachesTheOtherNode() throws Exception {
        try (InJvmCluster cluster = new InJvmCluster();
                BridgeSocket answers = new BridgeSocket(bridge(cluster.join()));
                BridgeSocket asks = new BridgeSocket(bridge(cluster.join()))) {
            answers.say("{\"type\":\"register\",\"address\":\"out.q\"}");
            CompletableFuture<JsonObject> last = CompletableFuture.supplyAsync(() -> answerWithARequest(answers));
            JsonObject second = ask(asks);
            assertEquals("two", second.getString("body"));
            asks.say("{\"type\":\"send\",\"address\":\"" + second.getString("replyAddress") + "\",\"body\":\"three\"}");
            JsonObject third = last.get();
            assertEquals("yours", third.getString("address"));
            assertEquals("three", third.getString("body"));
        }
    }

    /** Answers with a request, and waits for the answer to that. */
    private static JsonObject answerWithARequest(BridgeSocket client) {
        try {
            String asked = client.hear().getString("replyAddress");
            client.say("{\"type\":\"send\",\"address\":\"" + asked + "\",\"replyAddress\":\"yours\",\"body\":\"two\"}");
            return client.hear();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Asks until the other node is known to listen. */
    private static JsonObject ask(BridgeSocket client) throws IOException {
        client.say("{\"type\":\"send\",\"address\":\"out.q\",\"replyAddress\":\"mine\",\"body\":\"one\"}");
        JsonObject answer = client.hear();
        return "NO_HANDLERS".equals(answer.getString("failureType")) ? ask(client) : answer;
    }
}
