package io.sluice.testing.network;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetSocket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** What lies between a node and its Redis: it may be shut, so that the node alone loses it, or fall silent. */
public final class RedisGate implements AutoCloseable {

    private final Vertx vertx = Vertx.vertx();
    private final int redis;
    private final NetServer server;
    private final Set<NetSocket> sockets = ConcurrentHashMap.newKeySet();
    private volatile boolean shut;
    private volatile boolean silent;
    private volatile boolean holding;

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
                            node.handler(bytes -> pass(there, bytes, silent));
                            there.handler(bytes -> pass(node, bytes, silent || holding));
                            node.closeHandler(v -> there.close());
                            there.closeHandler(v -> node.close());
                            node.resume();
                        },
                        failure -> node.close());
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

    /** Holds back every byte, as a network does that has lost somebody without a word. */
    public void silence() {
        silent = true;
    }

    /** Holds back what comes from Redis. */
    public void holdAnswers() {
        holding = true;
    }

    public void open() {
        shut = false;
        silent = false;
        holding = false;
    }

    @Override
    public void close() {
        vertx.close().await();
    }
}
