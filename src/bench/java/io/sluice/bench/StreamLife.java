package io.sluice.bench;

import static io.netty.channel.ChannelFutureListener.FIRE_EXCEPTION_ON_FAILURE;
import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseDecoder;
import io.netty.handler.codec.http.LastHttpContent;
import io.sluice.testing.client.SseParser;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One stream after the other, with a connection that publishes and another one that reads, which are kept as long as the server
 * does. Event loop only.
 */
final class StreamLife {

    private enum Step {
        MAKES,
        FILLS,
        READS,
        ENDS
    }

    private final Loop loop;
    private final LifePlan plan;
    private final LifeCounters counters;
    private @Nullable Channel publisher;
    private @Nullable Channel reader;
    private Step step = Step.MAKES;
    private String name = "";
    private long beganAt;
    private int received;
    private int unanswered;
    private boolean readerIsDone;

    StreamLife(Loop loop, LifePlan plan, LifeCounters counters) {
        this.loop = loop;
        this.plan = plan;
        this.counters = counters;
    }

    /** The next stream begins, if there is one. */
    void next() {
        if (!plan.hasNext()) {
            close(publisher);
            close(reader);
            return;
        }
        name = plan.next();
        beganAt = System.nanoTime();
        step = Step.MAKES;
        received = 0;
        readerIsDone = false;
        publish(plan.make(name));
    }

    private static void close(@Nullable Channel channel) {
        if (channel != null) {
            channel.close().addListener(FIRE_EXCEPTION_ON_FAILURE);
        }
    }

    /** The publisher has its answer. */
    private void goOn() {
        switch (step) {
            case MAKES -> {
                step = Step.FILLS;
                publish(plan.fill(name));
            }
            case FILLS -> {
                step = Step.READS;
                if (plan.isWhole()) {
                    read();
                } else {
                    live();
                }
            }
            case READS -> counters.fault("an answer that nobody waits for");
            case ENDS -> liveIfDone();
        }
    }

    /** An event, or the close event after all of them. */
    private void event() {
        if (++received == plan.events()) {
            step = Step.ENDS;
            publish(plan.end(name));
        }
    }

    private void liveIfDone() {
        if (readerIsDone && unanswered == 0) {
            live();
        }
    }

    private void live() {
        counters.lived(System.nanoTime() - beganAt);
        next();
    }

    // ---- connections

    private void publish(String request) {
        unanswered++;
        with(publisher, channel -> publisher = channel, request, new HttpResponseDecoder(), new Answers());
    }

    private void read() {
        with(reader, channel -> reader = channel, plan.read(name), new Events());
    }

    /** Sends a request over a connection, or over a new one. */
    private void with(@Nullable Channel known, Consumer<Channel> keep, String request, ChannelHandler... handlers) {
        if (known != null && known.isActive()) {
            send(known, request);
            return;
        }
        loop.to(plan.streams(), new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel fresh) {
                        fresh.pipeline().addLast(handlers);
                    }
                })
                .connect()
                .addListener((ChannelFuture connected) -> {
                    if (connected.isSuccess()) {
                        keep.accept(connected.channel());
                        send(connected.channel(), request);
                    } else {
                        counters.fault(String.valueOf(connected.cause()));
                    }
                });
    }

    private static void send(Channel channel, String request) {
        channel.writeAndFlush(Unpooled.wrappedBuffer(request.getBytes(US_ASCII)))
                .addListener(FIRE_EXCEPTION_ON_FAILURE);
    }

    private final class Answers extends SimpleChannelInboundHandler<HttpObject> {

        @Override
        protected void channelRead0(ChannelHandlerContext context, HttpObject part) {
            if (part instanceof HttpResponse response && response.status().code() / 100 != 2) {
                counters.fault(step + " " + name + ": it answers " + response.status());
            }
            if (part instanceof LastHttpContent) {
                unanswered--;
                goOn();
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            if (unanswered > 0) {
                counters.fault(step + " " + name + ": the server closes the connection");
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            counters.fault(step + " " + name + ": " + cause);
            context.close().addListener(FIRE_EXCEPTION_ON_FAILURE);
        }
    }

    /** A response for each stream that is read. */
    private final class Events extends ChannelInboundHandlerAdapter {

        private final byte[] scratch = new byte[Loop.READ_SIZE];
        private EventResponse response = fresh();

        private EventResponse fresh() {
            return new EventResponse(new SseParser((data, length) -> event()));
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            ByteBuf in = (ByteBuf) message;
            try {
                while (in.isReadable()) {
                    int size = Math.min(in.readableBytes(), scratch.length);
                    in.readBytes(scratch, 0, size);
                    response.take(scratch, 0, size);
                }
            } finally {
                in.release();
            }
            if (response.hasEnded()) {
                done();
            }
        }

        private void done() {
            if (!response.problem().isEmpty() || received != plan.events() + 1) {
                counters.fault("reads " + name + ": " + received + " events with the last one; " + response.problem());
            }
            response = fresh();
            readerIsDone = true;
            liveIfDone();
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            if (response.isOpen()) {
                counters.fault("reads " + name + ": the server closes the connection");
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            counters.fault("reads " + name + ": " + cause);
            context.close().addListener(FIRE_EXCEPTION_ON_FAILURE);
        }
    }
}
