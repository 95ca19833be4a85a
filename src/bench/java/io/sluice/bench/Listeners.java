package io.sluice.bench;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The connections that listen to one URL, or each to its own. Event loop only, but for {@link #connect()}. */
final class Listeners {

    // The most connections under way at a time.
    private static final int AT_ONCE = 256;

    private final Loop loop;
    private final EpochClock clock;
    private final LoadCounters counters;
    private final int size;
    private final long before;
    private final Bootstrap bootstrap;
    private final String request;
    // The request of all, if it has no number.
    private final @Nullable ByteBuf shared;
    private final byte[] scratch = new byte[Loop.READ_SIZE];
    private final List<Listener> listeners = new ArrayList<>();
    private final ChannelGroup channels;
    private final Promise<Long> settled;
    private Runnable onRead = () -> {};
    private int started;
    private long startedAt;
    private boolean leaving;

    /** Of {@code size} connections, for which a sequence begins after the number {@code before}. */
    Listeners(Loop loop, EpochClock clock, LoadCounters counters, URI url, int size, long before) {
        this.loop = loop;
        this.clock = clock;
        this.counters = counters;
        this.size = size;
        this.before = before;
        this.channels = new DefaultChannelGroup(loop.thread());
        this.settled = loop.thread().newPromise();
        this.bootstrap = loop.to(url, new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
                Listener listener = new Listener(Listeners.this, counters, listeners.size());
                listeners.add(listener);
                channel.pipeline().addLast(listener);
            }
        });
        this.request = request(url);
        this.shared = request.contains(LoadOptions.NUMBER)
                ? null
                : Unpooled.unreleasableBuffer(
                        Unpooled.directBuffer().writeBytes(bytes(request)).asReadOnly());
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static String request(URI url) {
        String path = url.getRawPath().isEmpty() ? "/" : url.getRawPath();
        String query = url.getRawQuery() == null ? "" : "?" + url.getRawQuery();
        return "GET " + path + query + " HTTP/1.1\r\nHost: " + url.getRawAuthority()
                + "\r\nAccept: text/event-stream\r\nCache-Control: no-cache\r\n\r\n";
    }

    // ---- coming and going

    /** Connects all; answered with the nanoseconds that it took, once each is open or has been refused. */
    Promise<Long> connect() {
        loop.thread().execute(() -> {
            startedAt = clock.now();
            fill();
        });
        return settled;
    }

    private void fill() {
        while (started < size && started - counters.opened - counters.refused < AT_ONCE) {
            started++;
            ChannelFuture connected = bootstrap.connect();
            channels.add(connected.channel());
            connected.addListener(result -> {
                if (!result.isSuccess()) {
                    refused(String.valueOf(result.cause()));
                }
            });
        }
        if (counters.opened + counters.refused == size) {
            settled.trySuccess(clock.now() - startedAt);
        }
    }

    /** Gives up those that are not open by now. */
    void giveUp() {
        started = size;
        counters.refused = size - counters.opened;
        counters.noteProblem("no answer in time");
    }

    /** Closes all connections. */
    Future<Void> leave() {
        leaving = true;
        return channels.close();
    }

    /** The sequence has come to its end. */
    void end(long last) {
        listeners.forEach(listener -> listener.end(last));
    }

    void onRead(Runnable task) {
        onRead = task;
    }

    // ---- what a listener needs, and tells

    long before() {
        return before;
    }

    /** The request of a connection. */
    ByteBuf request(int number) {
        return shared == null
                ? Unpooled.wrappedBuffer(bytes(request.replace(LoadOptions.NUMBER, String.valueOf(number))))
                : shared.duplicate();
    }

    byte[] scratch() {
        return scratch;
    }

    long now() {
        return clock.now();
    }

    void opened() {
        counters.opened++;
        fill();
    }

    void refused(String why) {
        if (!leaving) {
            counters.refused++;
            counters.noteProblem(why);
            fill();
        }
    }

    void ended() {
        if (!leaving) {
            counters.ended++;
        }
    }

    void read() {
        onRead.run();
    }
}
