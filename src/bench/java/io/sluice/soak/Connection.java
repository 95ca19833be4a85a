package io.sluice.soak;

import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;

/** A visitor's socket. The crowd's thread only. */
final class Connection {

    private static final int PART = 64 * 1024;

    private final ClientCrowd crowd;
    private final SoakClient visitor;
    private final SocketChannel channel;
    private final SelectionKey key;
    private ByteBuffer unsent = ByteBuffer.allocate(0);
    private boolean reading = true;
    private boolean closed;

    /** Connects; the visitor hears of it. */
    Connection(ClientCrowd crowd, SoakClient visitor, int receiveBuffer) throws IOException {
        this.crowd = crowd;
        this.visitor = visitor;
        channel = SocketChannel.open();
        channel.configureBlocking(false);
        if (receiveBuffer > 0) {
            channel.setOption(StandardSocketOptions.SO_RCVBUF, receiveBuffer);
        }
        key = channel.register(crowd.selector(), SelectionKey.OP_CONNECT, this);
        crowd.counters().open.incrementAndGet();
        crowd.counters().opened.increment();
        channel.connect(crowd.address());
    }

    /** Sends, in the end, and keeps the bytes until then. What the node has closed is not an error here. */
    void send(byte[] bytes) {
        unsent = unsent.hasRemaining() ? joined(unsent, bytes) : ByteBuffer.wrap(bytes);
        if (channel.isConnected()) {
            flush();
        }
    }

    private static ByteBuffer joined(ByteBuffer first, byte[] second) {
        return ByteBuffer.allocate(first.remaining() + second.length)
                .put(first)
                .put(second)
                .flip();
    }

    private void flush() {
        try {
            int taken;
            do {
                // The JDK copies all that it is given, also what the socket does not take.
                ByteBuffer part = unsent.slice(unsent.position(), Math.min(PART, unsent.remaining()));
                taken = channel.write(part);
                unsent.position(unsent.position() + taken);
            } while (taken > 0 && unsent.hasRemaining());
            interest();
        } catch (IOException e) {
            end();
        }
    }

    boolean isOpen() {
        return !closed;
    }

    /** Stops reading, or continues. */
    void read(boolean reading) {
        this.reading = reading;
        if (channel.isConnected()) {
            interest();
        }
    }

    private void interest() {
        key.interestOps((reading ? SelectionKey.OP_READ : 0) | (unsent.hasRemaining() ? SelectionKey.OP_WRITE : 0));
    }

    /** The selector says that there is something to do. */
    void ready(ByteBuffer buffer) {
        try {
            if (key.isConnectable() && channel.finishConnect()) {
                flush();
                return;
            }
            if (key.isWritable()) {
                flush();
            }
            if (!closed && key.isReadable()) {
                buffer.clear();
                if (channel.read(buffer) < 0) {
                    end();
                } else {
                    visitor.received(buffer.flip());
                }
            }
        } catch (IOException e) {
            end();
        }
    }

    private void end() {
        if (!closed) {
            close(false);
            visitor.ended();
        }
    }

    /** Leaves: politely, or with a reset. Idempotent, and the visitor is not told. */
    void close(boolean reset) {
        if (closed) {
            return;
        }
        closed = true;
        crowd.counters().open.decrementAndGet();
        try {
            if (reset) {
                channel.setOption(StandardSocketOptions.SO_LINGER, 0);
            }
            channel.close();
        } catch (IOException e) {
            crowd.counters().error("cannot close: " + e);
        }
    }
}
