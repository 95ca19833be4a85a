package io.sluice.bench;

import static io.netty.channel.ChannelFutureListener.FIRE_EXCEPTION_ON_FAILURE;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.sluice.testing.client.SequenceCheck;
import io.sluice.testing.client.SseParser;

/** One connection that listens. Event loop only. */
final class Listener extends ChannelInboundHandlerAdapter {

    private enum State {
        ASKING,
        OPEN,
        GONE
    }

    private final Listeners listeners;
    private final LoadCounters counters;
    private final int number;
    private final SequenceCheck sequence;
    private final EventResponse response = new EventResponse(new SseParser(this::event));
    private State state = State.ASKING;
    private long readAt;

    Listener(Listeners listeners, LoadCounters counters, int number) {
        this.listeners = listeners;
        this.counters = counters;
        this.number = number;
        this.sequence = new SequenceCheck(listeners.before(), counters);
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        context.writeAndFlush(listeners.request(number)).addListener(FIRE_EXCEPTION_ON_FAILURE);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf in = (ByteBuf) message;
        byte[] bytes = listeners.scratch();
        readAt = listeners.now();
        try {
            while (in.isReadable()) {
                int size = Math.min(in.readableBytes(), bytes.length);
                in.readBytes(bytes, 0, size);
                response.take(bytes, 0, size);
            }
        } finally {
            in.release();
        }
        if (state == State.ASKING && response.isOpen()) {
            state = State.OPEN;
            listeners.opened();
        }
        if (response.hasEnded()) {
            context.close().addListener(FIRE_EXCEPTION_ON_FAILURE);
        }
        listeners.read();
    }

    private void event(byte[] data, int length) {
        counters.events++;
        long n = Message.sequence(data, length);
        if (n == Message.NONE) {
            counters.strangers++;
        } else if (n > listeners.before()) { // else it is from before this run
            sequence.take(n);
            counters.delivered++;
            counters.latency(Message.time(data, length), readAt);
        }
    }

    /** Nothing more is to come. */
    void end(long last) {
        if (state == State.OPEN) {
            sequence.end(last);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        lose(response.problem().isEmpty() ? "the server closes the connection" : response.problem());
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        lose(cause.toString());
        context.close().addListener(FIRE_EXCEPTION_ON_FAILURE);
    }

    private void lose(String why) {
        if (state == State.ASKING) {
            listeners.refused(why);
        } else if (state == State.OPEN) {
            listeners.ended();
        }
        state = State.GONE;
    }
}
