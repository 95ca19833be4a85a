package io.sluice.bridge;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.sluice.testing.client.BridgeSocket;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.Message;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.bridge.BridgeOptions;
import io.vertx.ext.bridge.PermittedOptions;
import io.vertx.ext.eventbus.bridge.tcp.TcpEventBusBridge;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The bridge says what {@code vertx-tcp-eventbus-bridge} says, byte for byte: the library of 5.0.8, and of 5.1.6 in the build
 * against that version. The same conversation goes to both.
 */
@Timeout(60)
class BridgeProtocolTest {

    private static final String BIG = "9007199254740993";

    /** One conversation: the frames that a client sends, and those that it gets for them. */
    @FunctionalInterface
    private interface Conversation {
        void hold(Talk talk) throws Exception;
    }

    /** Notes each frame as it comes, with the names of reply addresses made equal. */
    private record Talk(Vertx vertx, BridgeSocket client, List<String> heard) {

        void say(String frame) throws IOException {
            client.say(frame.replace('\'', '"'));
        }

        String hear() throws IOException {
            String frame = client.hearText();
            heard.add(frame.replaceAll("__vertx\\.reply\\.[0-9a-f-]+", "REPLY"));
            return frame;
        }

        /** Sends the frame, and waits for one. */
        String ask(String frame) throws IOException {
            say(frame);
            return hear();
        }

        /** Waits until everything that was sent before has reached the bus. */
        void ping() throws IOException {
            ask("{'type':'ping'}");
        }

        void consume(String address, io.vertx.core.Handler<Message<Object>> handler) {
            vertx.eventBus().consumer(address, handler).completion().await();
        }
    }

    private static void assertSame(Conversation conversation) throws Exception {
        List<String> library = hold(conversation, BridgeProtocolTest::library);
        List<String> ours = hold(conversation, BridgeProtocolTest::ours);
        assertEquals(String.join("\n", library), String.join("\n", ours));
    }

    @FunctionalInterface
    private interface Bridge {
        int open(Vertx vertx) throws IOException;
    }

    private static List<String> hold(Conversation conversation, Bridge bridge) throws Exception {
        Vertx vertx = Vertx.vertx();
        try (BridgeSocket client = new BridgeSocket(bridge.open(vertx))) {
            Talk talk = new Talk(vertx, client, new ArrayList<>());
            conversation.hold(talk);
            talk.ping();
            return talk.heard;
        } finally {
            vertx.close().await();
        }
    }

    private static int library(Vertx vertx) throws IOException {
        BridgeOptions permitted = new BridgeOptions()
                .addInboundPermitted(new PermittedOptions().setAddressRegex("in\\..*"))
                .addOutboundPermitted(new PermittedOptions().setAddressRegex("out\\..*"));
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        TcpEventBusBridge.create(vertx, permitted).listen(port, "127.0.0.1").await();
        return port;
    }

    private static int ours(Vertx vertx) {
        BridgeVerticle verticle = new BridgeVerticle(new BridgeSettings(
                "127.0.0.1", 0, List.of("in.>"), List.of("out.>"), 64 << 10, Duration.ofSeconds(60)));
        vertx.deployVerticle(verticle).await();
        return verticle.port();
    }

    // ---- conversations

    @Test
    void aMessageFromTheBusIsAFrameOfSixFields() throws Exception {
        assertSame(talk -> {
            talk.say("{'type':'register','address':'out.a'}");
            talk.ping();
            for (Object body : new Object[] {
                "text \u20ac \ud83d\ude00 \ud83d",
                1,
                Long.valueOf(BIG),
                1.5,
                true,
                null,
                JsonObject.of("a", new JsonArray().add(1).addNull()),
                new JsonArray().add("x"),
                io.vertx.core.buffer.Buffer.buffer("bytes")
            }) {
                talk.vertx.eventBus().publish("out.a", body);
                talk.hear();
            }
            talk.vertx.eventBus().publish("out.a", "", new DeliveryOptions().addHeader("h", "1"));
            talk.hear();
            talk.vertx.eventBus().send("out.a", "sent");
            talk.hear();
        });
    }

    @Test
    void aRequestIsAnsweredWithBodyAndHeaders() throws Exception {
        assertSame(talk -> {
            talk.consume(
                    "in.a",
                    message -> message.reply(
                            JsonObject.of("body", message.body(), "headers", headers(message)),
                            new DeliveryOptions().addHeader("h", "1").addHeader("H", "2")));
            talk.ask("{'type':'send','address':'in.a','replyAddress':'r','body':{'n':" + BIG + "},"
                    + "'headers':{'text':'x','whole':1,'part':1.50,'yes':true,'localOnly':true,'timeout':1000}}");
            talk.ask("{'type':'send','address':'in.a','replyAddress':''}");
        });
    }

    private static JsonObject headers(Message<Object> message) {
        JsonObject headers = new JsonObject();
        for (Map.Entry<String, String> header : message.headers()) {
            headers.put(header.getKey(), header.getValue());
        }
        return headers;
    }

    @Test
    void aRequestThatFailsSaysWhy() throws Exception {
        assertSame(talk -> {
            talk.consume("in.fails", message -> message.fail(7, "because"));
            talk.consume("in.fails.silently", message -> message.fail(8, null));
            talk.consume("in.hangs", message -> {});
            talk.ask("{'type':'send','address':'in.fails','replyAddress':'r','body':1}");
            talk.ask("{'type':'send','address':'in.fails.silently','replyAddress':'r','body':1}");
            talk.ask("{'type':'send','address':'in.nobody','replyAddress':'r','body':1}");
        });
    }

    @Test
    void theClientAnswersRequestsFromTheBus() throws Exception {
        assertSame(talk -> {
            talk.say("{'type':'register','address':'out.a'}");
            talk.ping();
            var answered = talk.vertx.eventBus().request("out.a", "how much?");
            String replyAddress = new JsonObject(talk.hear()).getString("replyAddress");
            talk.say("{'type':'send','address':'" + replyAddress + "','body':1.09,'headers':{'h':1}}");
            Message<Object> answer = answered.await();
            talk.heard.add(answer.body() + " " + headers(answer));
            // An answer is taken once.
            talk.ask("{'type':'send','address':'" + replyAddress + "','body':2}");

            var failed = talk.vertx.eventBus().request("out.a", "how much?");
            String second = new JsonObject(talk.hear()).getString("replyAddress");
            talk.say("{'type':'send','address':'" + second + "','failureCode':9,'message':'too much'}");
            talk.heard.add(failed.otherwise(cause -> null).await() + " " + failed.cause());
        });
    }

    @Test
    void anAnswerMayBeARequestInBothDirections() throws Exception {
        assertSame(talk -> {
            talk.say("{'type':'register','address':'out.a'}");
            talk.ping();
            var first = talk.vertx.eventBus().<Object>request("out.a", "one");
            String one = new JsonObject(talk.hear()).getString("replyAddress");
            talk.say("{'type':'send','address':'" + one + "','replyAddress':'r','body':'two'}");
            first.await().reply("three");
            talk.hear();

            talk.consume("in.a", message -> message.replyAndRequest("four").onSuccess(five -> five.reply("six")));
            String four = new JsonObject(talk.ask("{'type':'send','address':'in.a','replyAddress':'s','body':'three'}"))
                    .getString("replyAddress");
            talk.ask("{'type':'send','address':'" + four + "','replyAddress':'t','body':'five'}");
        });
    }

    @Test
    void aFrameWithoutAPermittedAddressIsRefused() throws Exception {
        assertSame(talk -> {
            for (String verb : List.of("publish", "send", "register", "unregister")) {
                talk.ask("{'type':'" + verb + "','address':'elsewhere','body':1}");
                talk.ask("{'type':'" + verb + "','body':1}");
            }
            talk.ask("{'type':'publish','address':'out.a','body':1}");
            talk.ask("{'type':'register','address':'in.a'}");
            talk.ask("{'type':'unregister','address':'out.unknown'}");
            talk.ask("{'type':'ping','address':'elsewhere'}");
        });
    }

    @Test
    void anUnregisteredAddressIsHeardNoLonger() throws Exception {
        assertSame(talk -> {
            talk.say("{'type':'register','address':'out.a'}");
            talk.say("{'type':'unregister','address':'out.a'}");
            talk.ping();
            talk.vertx.eventBus().publish("out.a", 1);
            talk.ask("{'type':'unregister','address':'out.a'}");
            talk.say("{'type':'register','address':'out.a'}");
            talk.ping();
            talk.vertx.eventBus().publish("out.a", 2);
            talk.hear();
        });
    }
}
