package io.sluice.bridge;

import io.netty.channel.ChannelFuture;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import io.vertx.core.internal.net.NetSocketInternal;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.NetSocket;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client of the bridge: its registrations, the requests that it may answer, and the bytes that wait for it. An error in a
 * frame is answered with an {@code err} frame, and the connection stays open. Event loop only.
 */
final class BridgeClient {

    private static final Logger LOG = LoggerFactory.getLogger(BridgeClient.class);

    private static final int MAX_REGISTERED = 1000;
    /** The oldest request makes room for a new one: the client does not answer. */
    private static final int MAX_REQUESTS = 10_000;

    private static final int MIN_UNSENT = 4 << 20;
    /** Netty, too, counts that for a buffer that waits. */
    private static final int BUFFER_OVERHEAD = 96;

    private final EventBus bus;
    private final NetSocket socket;
    private final AddressPatterns inbound;
    private final AddressPatterns outbound;
    private final int maxFrame;
    private final int maxUnsent;
    private final Map<String, MessageConsumer<Object>> registered = new HashMap<>();
    /** By their reply address, the oldest first. */
    private final Map<String, Message<Object>> requests = new LinkedHashMap<>();

    private int unsent;
    private boolean closed;

    BridgeClient(EventBus bus, NetSocket socket, AddressPatterns inbound, AddressPatterns outbound, int maxFrame) {
        this.bus = bus;
        this.socket = socket;
        this.inbound = inbound;
        this.outbound = outbound;
        this.maxFrame = maxFrame;
        // One large message does not make a client slow.
        this.maxUnsent = Math.max(MIN_UNSENT, 2 * maxFrame);
    }

    /** Serves the client until its connection ends, and calls {@code left} then. */
    void listen(Runnable left) {
        FrameReader reader = new FrameReader(
                maxFrame,
                this::receive,
                length -> refuse("a frame of " + length + " bytes: expected at most " + size(maxFrame)));
        socket.handler(chunk -> read(reader, chunk));
        socket.exceptionHandler(failure -> LOG.debug("The connection of {} failed", socket.remoteAddress(), failure));
        socket.closeHandler(v -> {
            close();
            left.run();
        });
    }

    private void read(FrameReader reader, Buffer chunk) {
        try {
            reader.read(chunk);
        } catch (RuntimeException e) {
            // The client is not the cause, since everything it can do wrong is refused.
            LOG.error("A frame from {} failed", socket.remoteAddress(), e);
            abort();
        }
    }

    private void close() {
        closed = true;
        registered.values().forEach(MessageConsumer::unregister);
        registered.clear();
        requests.clear();
    }

    // ---- from the client

    private void receive(Buffer bytes) {
        if (closed) {
            return;
        }
        Frame frame;
        try {
            frame = Frame.parse(bytes);
        } catch (IllegalArgumentException e) {
            refuse(String.valueOf(e.getMessage()));
            return;
        }
        if (frame.type().equals("ping")) {
            write(new JsonObject().put("type", "pong"));
        } else if (frame.address() == null) {
            refuse("missing_address");
        } else {
            receive(frame, frame.address());
        }
    }

    private void receive(Frame frame, String address) {
        Message<Object> request = frame.type().equals("send") ? requests.remove(address) : null;
        if (request != null) {
            answer(request, address, frame);
            return;
        }
        boolean isInbound = frame.type().equals("send") || frame.type().equals("publish");
        if (!(isInbound ? inbound : outbound).permits(address)) {
            refuse("access_denied");
            return;
        }
        switch (frame.type()) {
            case "publish" -> bus.publish(address, frame.body(), frame.options());
            case "send" -> send(address, frame);
            case "register" -> register(address);
            default -> unregister(address);
        }
    }

    private void send(String address, Frame frame) {
        if (frame.replyAddress() == null) {
            bus.send(address, frame.body(), frame.options());
        } else {
            await(bus.request(address, frame.body(), frame.options()), address, frame.replyAddress());
        }
    }

    /** An answer may be a request itself. Only the message knows the way to its sender, which may be at another node. */
    private void answer(Message<Object> request, String address, Frame frame) {
        if (frame.replyAddress() != null) {
            await(request.replyAndRequest(frame.body(), frame.options()), address, frame.replyAddress());
        } else if (frame.failureCode() != null) {
            request.fail(frame.failureCode(), frame.message());
        } else {
            request.reply(frame.body(), frame.options());
        }
    }

    private void register(String address) {
        if (registered.containsKey(address)) {
            refuse("register \"" + address + "\": it is registered already");
        } else if (registered.size() >= MAX_REGISTERED) {
            refuse("register \"" + address + "\": expected at most " + MAX_REGISTERED + " addresses");
        } else {
            registered.put(address, bus.consumer(address, message -> deliver(message, address, message.isSend())));
        }
    }

    private void unregister(String address) {
        MessageConsumer<Object> consumer = registered.remove(address);
        if (consumer == null) {
            refuse("unknown_address");
        } else {
            consumer.unregister();
        }
    }

    // ---- to the client

    private void await(Future<Message<Object>> answer, String address, String replyAddress) {
        answer.onComplete(
                message -> deliver(message, replyAddress, true), failure -> fail(failure, address, replyAddress));
    }

    private void fail(Throwable cause, String address, String replyAddress) {
        ReplyException failure = cause instanceof ReplyException known
                ? known
                : new ReplyException(ReplyFailure.ERROR, cause.toString());
        write(new JsonObject()
                .put("type", "err")
                .put("address", replyAddress)
                .put("sourceAddress", address)
                .put("failureCode", failure.failureCode())
                .put("failureType", failure.failureType().name())
                .put("message", failure.getMessage()));
    }

    private void deliver(Message<Object> message, String address, boolean isSend) {
        JsonObject frame = new JsonObject().put("type", "message").put("address", address);
        if (message.replyAddress() != null) {
            remember(message, message.replyAddress());
            frame.put("replyAddress", message.replyAddress());
        }
        JsonObject headers = new JsonObject();
        message.headers().forEach(header -> headers.put(header.getKey(), header.getValue()));
        frame.put("headers", headers);
        if (message.body() != null) {
            frame.put("body", message.body());
        }
        write(frame.put("send", isSend));
    }

    private void remember(Message<Object> request, String replyAddress) {
        requests.put(replyAddress, request);
        if (requests.size() > MAX_REQUESTS) {
            requests.remove(requests.keySet().iterator().next());
        }
    }

    private void refuse(String what) {
        write(new JsonObject().put("type", "err").put("message", what));
    }

    private void write(JsonObject frame) {
        if (closed) {
            return;
        }
        byte[] json = frame.encode().getBytes(StandardCharsets.UTF_8);
        Buffer bytes = Buffer.buffer().appendInt(json.length).appendBytes(json);
        int count = bytes.length() + BUFFER_OVERHEAD;
        unsent += count;
        socket.write(bytes).onComplete(written -> unsent -= count);
        if (unsent > maxUnsent) {
            LOG.info(
                    "The client {} of the TCP bridge is cut off: more than {} wait for it",
                    socket.remoteAddress(),
                    size(maxUnsent));
            abort();
        }
    }

    /** Ends the connection at once; {@code NetSocket.close()} would wait until the client has read everything. */
    private void abort() {
        closed = true;
        ChannelFuture unused =
                ((NetSocketInternal) socket).channelHandlerContext().close();
    }

    /** As the node's configuration writes it. */
    private static String size(int bytes) {
        boolean isMegabytes = bytes % (1 << 20) == 0;
        boolean isKilobytes = bytes % (1 << 10) == 0;
        return isMegabytes ? (bytes >> 20) + "MB" : isKilobytes ? (bytes >> 10) + "kB" : bytes + "B";
    }
}
