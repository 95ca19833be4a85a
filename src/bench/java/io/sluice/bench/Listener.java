package io.sluice.bench;

import static io.netty.channel.ChannelFutureListener.FIRE_EXCEPTION_ON_FAILURE;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/** One connection of a crowd. Event loop only. */
final class Listener extends ChannelInboundHandlerAdapter {

    private enum State {
        ASKING,
        OPEN,
        GONE
    }

    private final Crowd crowd;
    private final Tally tally;
    private final SequenceCheck sequence;
    private final Response response = new Response(new EventParser(this::event));
    private State state = State.ASKING;
    private long readAt;

    Listener(Crowd crowd, Tally tally) {
        this.crowd = crowd;
        this.tally = tally;
        this.sequence = new SequenceCheck(crowd.before(), tally);
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        context.writeAndFlush(crowd.request()).addListener(FIRE_EXCEPTION_ON_FAILURE);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf in = (ByteBuf) message;
        byte[] bytes = crowd.scratch();
        readAt = crowd.now();
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
            crowd.opened();
        }
        if (response.hasEnded()) {
            context.close().addListener(FIRE_EXCEPTION_ON_FAILURE);
        }
        crowd.read();
    }

    private void event(byte[] data, int length) {
        tally.events++;
        long n = Message.sequence(data, length);
        if (n == Message.NONE) {
            tally.strangers++;
        } else if (n > crowd.before()) { // else it is from before this run
            sequence.take(n);
            tally.delivered++;
            tally.latency(Message.time(data, length), readAt);
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
            crowd.refused(why);
        } else if (state == State.OPEN) {
            crowd.ended();
        }
        state = State.GONE;
    }
}
