package io.sluice.testing.network;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetSocket;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A proxy between a node and its Redis. It may be shut, so that the node alone loses it, or fall silent. */
public final class RedisGate implements AutoCloseable {

    private static final long STALL_MILLIS = 3500;

    private final Vertx vertx = Vertx.vertx();
    private final int redis;
    private final NetServer server;
    private final Set<NetSocket> sockets = ConcurrentHashMap.newKeySet();
    private volatile boolean shut;
    private volatile boolean silent;
    private volatile boolean holding;
    private volatile boolean stalling;

    /** @param redis its port */
    public RedisGate(int redis) {
        this.redis = redis;
        this.server = vertx.createNetServer()
                .connectHandler(this::take)
                .listen(0, "127.0.0.1")
                .await();
    }

    private void take(NetSocket node) {
        if (shut) {
            node.close();
            return;
        }
        node.pause();
        sockets.add(node);
        vertx.createNetClient()
                .connect(redis, "127.0.0.1")
                .onComplete(
                        there -> {
                            node.handler(bytes -> passCommand(there, bytes));
                            there.handler(bytes -> pass(node, bytes, silent || holding));
                            node.closeHandler(v -> there.close());
                            there.closeHandler(v -> node.close());
                            node.resume();
                        },
                        failure -> node.close());
    }

    /** A command comes in one piece, or its beginning does. */
    private void passCommand(NetSocket there, Buffer bytes) {
        String command = bytes.toString(StandardCharsets.ISO_8859_1);
        if (stalling && command.contains("\r\nevalsha\r\n")) {
            vertx.setTimer(STALL_MILLIS, id -> pass(there, bytes, silent));
        } else {
            pass(there, bytes, silent || (stalling && command.contains("\r\neval\r\n")));
        }
    }

    private static void pass(NetSocket to, Buffer bytes, boolean held) {
        if (!held) {
            to.write(bytes);
        }
    }

    public String uri() {
        return "redis://127.0.0.1:" + server.actualPort();
    }

    /** Ends all connections, and lets none come. */
    public void shut() {
        shut = true;
        sockets.forEach(NetSocket::close);
        sockets.clear();
    }

    /** Holds back every byte, as a broken network does. */
    public void silence() {
        silent = true;
    }

    /** Holds back what comes from Redis. */
    public void holdAnswers() {
        holding = true;
    }

    /** Delays each call of a script by 3.5 s, and holds back each script's text. Other commands pass. */
    public void stallScripts() {
        stalling = true;
    }

    public void open() {
        shut = false;
        silent = false;
        holding = false;
        stalling = false;
    }

    @Override
    public void close() {
        vertx.close().await();
    }
}
