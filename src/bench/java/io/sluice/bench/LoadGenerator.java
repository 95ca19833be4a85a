package io.sluice.bench;

import static io.netty.channel.ChannelFutureListener.FIRE_EXCEPTION_ON_FAILURE;
import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseDecoder;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.concurrent.Future;
import java.net.URI;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Publishes one message after the other over one connection, which is kept and pipelined. In the closed loop a message is due
 * when fewer than so many are on their way to a listener; in the open loop at its time, whether or not the server keeps up.
 *
 * <p>Event loop only.
 */
final class LoadGenerator {

    // The most requests without an answer.
    private static final int UNANSWERED = 64;
    // The longest wait for a delivery.
    private static final long PATIENCE = TimeUnit.SECONDS.toNanos(1);

    private final Loop loop;
    private final EpochClock clock;
    private final LoadCounters counters;
    private final LoadOptions options;
    private final URI url;
    private final String head;
    private @Nullable Channel channel;
    private boolean publishing;
    private long last;
    private long unanswered;
    // Deliveries that the published messages must bring.
    private long expected;
    private long dueAt;
    private long stopAt = Long.MAX_VALUE;
    // The deliveries at the last look.
    private long delivered;
    private long movedAt;

    /** Its first message has the number after {@code before}. */
    LoadGenerator(Loop loop, EpochClock clock, LoadCounters counters, LoadOptions options, URI url, long before) {
        this.loop = loop;
        this.clock = clock;
        this.counters = counters;
        this.options = options;
        this.url = url;
        this.last = before;
        this.head = "POST " + url.getRawPath() + (url.getRawQuery() == null ? "" : "?" + url.getRawQuery())
                + " HTTP/1.1\r\nHost: " + url.getRawAuthority() + "\r\n" + String.join("", options.headers());
    }

    // ---- when

    void start() {
        publishing = true;
        dueAt = clock.now();
        movedAt = dueAt;
        connect();
    }

    /** Nothing more is due. In the open loop, messages that were due before are still published; they count as late. */
    void stop() {
        stopAt = clock.now();
    }

    /** Gives up what is still due. */
    void giveUp() {
        long late = options.isOpenLoop() ? Math.max(0, (stopAt - dueAt) / options.periodNanos()) : 0;
        if (late > 0) {
            refuse(late, "the server does not keep up");
        }
        publishing = false;
    }

    Future<Void> close() {
        publishing = false;
        return channel == null ? loop.thread().newSucceededFuture(null) : channel.close();
    }

    /** The number of the last message. */
    long last() {
        return last;
    }

    /** Whether all that was due is everywhere. */
    boolean isDone() {
        return !isDue(clock.now()) && unanswered == 0 && counters.delivered >= expected;
    }

    /** Publishes what is due. To be called whenever something has come. */
    void pump() {
        if (!publishing || channel == null) {
            return;
        }
        boolean any = false;
        long now = clock.now();
        while (unanswered < UNANSWERED && isDue(now)) {
            publish(channel, options.isOpenLoop() ? dueAt : now);
            dueAt += options.periodNanos();
            any = true;
        }
        if (any) {
            channel.flush();
        }
    }

    private boolean isDue(long now) {
        return options.isOpenLoop()
                ? now >= dueAt && dueAt < stopAt
                : now < stopAt && expected - counters.delivered < options.inFlight() * Math.max(1, counters.open());
    }

    /** Looks after what no delivery wakes: the time of the open loop, and events that do not come. */
    private void tick() {
        if (!publishing) {
            return;
        }
        long now = clock.now();
        if (delivered != counters.delivered) {
            delivered = counters.delivered;
            movedAt = now;
        } else if (now - movedAt > PATIENCE && !options.isOpenLoop()) {
            // The report tells missing events at the end.
            expected = delivered;
            movedAt = now;
        }
        pump();
        loop.thread()
                .schedule(this::tick, untilNextTick(), TimeUnit.NANOSECONDS)
                .addListener(result -> {
                    if (!result.isSuccess()) {
                        refuse(1, String.valueOf(result.cause()));
                    }
                });
    }

    private long untilNextTick() {
        if (channel == null || unanswered >= UNANSWERED) {
            return TimeUnit.MILLISECONDS.toNanos(1);
        }
        return options.isOpenLoop() && dueAt < stopAt ? Math.max(0, dueAt - clock.now()) : PATIENCE / 10;
    }

    // ---- how

    private void publish(Channel to, long due) {
        String body = Message.of(due, ++last, options.size());
        String request = head + "Content-Length: " + body.length() + "\r\n\r\n" + body;
        to.write(Unpooled.wrappedBuffer(request.getBytes(US_ASCII))).addListener(FIRE_EXCEPTION_ON_FAILURE);
        counters.published++;
        unanswered++;
        expected += counters.open();
    }

    private void connect() {
        loop.to(url, new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel fresh) {
                        fresh.pipeline().addLast(new HttpResponseDecoder(), new Answers());
                    }
                })
                .connect()
                .addListener(result -> {
                    if (!result.isSuccess()) {
                        refuse(1, String.valueOf(result.cause()));
                        publishing = false;
                    }
                });
    }

    private void refuse(long messages, String why) {
        counters.unpublished += messages;
        if (counters.firstRefusal.isEmpty()) {
            counters.firstRefusal = why;
        }
    }

    private final class Answers extends SimpleChannelInboundHandler<HttpObject> {

        @Override
        public void channelActive(ChannelHandlerContext context) {
            boolean first = channel == null && counters.published == 0;
            channel = context.channel();
            if (first) {
                tick();
            }
        }

        @Override
        protected void channelRead0(ChannelHandlerContext context, HttpObject part) {
            if (part instanceof HttpResponse response && response.status().code() / 100 != 2) {
                refuse(1, "it answers " + response.status());
            }
            if (part instanceof LastHttpContent) {
                unanswered--;
                pump();
            }
        }

        /** A server may want a new connection now and then. */
        @Override
        public void channelInactive(ChannelHandlerContext context) {
            channel = null;
            if (unanswered > 0) {
                refuse(unanswered, "the server closes the connection");
                unanswered = 0;
            }
            if (publishing) {
                connect();
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            refuse(1, cause.toString());
            context.close().addListener(FIRE_EXCEPTION_ON_FAILURE);
        }
    }
}
