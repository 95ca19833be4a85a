package io.sluice.testing.network;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.concurrent.CompletableFuture;

/**
 * A proxy that keeps back what is sent while it is cut, and tells neither end: connections stay open, new ones are taken, and
 * nothing comes of them. Once it is whole again all of that arrives, as TCP would send it again; the news of an end too.
 */
public final class CuttableLink implements AutoCloseable {

    // The most bytes that are read of a connection while it is cut.
    private static final int PACKET = 16 * 1024;

    private final TcpRelay relay;
    private final InetSocketAddress far;
    private volatile CompletableFuture<Void> whole = CompletableFuture.completedFuture(null);

    private CuttableLink(InetSocketAddress near, InetSocketAddress far) throws IOException {
        this.far = far;
        this.relay = TcpRelay.start(near, this::serve);
    }

    /** From where it is connected to, to where that leads. */
    public static CuttableLink plug(InetSocketAddress near, InetSocketAddress far) throws IOException {
        return new CuttableLink(near, far);
    }

    public InetSocketAddress near() {
        return relay.address();
    }

    public void cut() {
        if (whole.isDone()) {
            whole = new CompletableFuture<>();
        }
    }

    public void heal() {
        whole.complete(null);
    }

    private void serve(Socket client) throws IOException {
        whole.join();
        try {
            Socket server = relay.connect(far);
            server.setTcpNoDelay(true);
            client.setTcpNoDelay(true);
            TcpRelay.run(() -> carry(server, client));
            carry(client, server);
        } finally {
            // There is no listener, or the connection has ended.
            client.close();
        }
    }

    private void carry(Socket from, Socket to) throws IOException {
        byte[] packet = new byte[PACKET];
        try {
            for (int length; (length = from.getInputStream().read(packet)) >= 0; ) {
                whole.join();
                to.getOutputStream().write(packet, 0, length);
            }
        } finally {
            whole.join();
            from.close();
            to.close();
        }
    }

    @Override
    public void close() throws IOException {
        heal();
        relay.close();
    }
}
