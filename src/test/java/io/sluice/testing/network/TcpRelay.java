package io.sluice.testing.network;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** The base of a test's proxy: a port on loopback, and threads that end with their sockets. */
public final class TcpRelay implements AutoCloseable {

    /** Serves one connection, in another thread. */
    public interface Handler {
        void serve(Socket client) throws IOException;
    }

    /** Works until a socket is closed. */
    public interface Task {
        void run() throws IOException;
    }

    private final ServerSocket server;
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final Handler handler;

    private TcpRelay(InetSocketAddress address, Handler handler) throws IOException {
        this.server = new ServerSocket(address.getPort(), 50, address.getAddress());
        this.handler = handler;
    }

    public static TcpRelay start(Handler handler) throws IOException {
        return start(loopback(0), handler);
    }

    public static TcpRelay start(InetSocketAddress address, Handler handler) throws IOException {
        TcpRelay relay = new TcpRelay(address, handler);
        run(relay::accept);
        return relay;
    }

    public InetSocketAddress address() {
        return (InetSocketAddress) server.getLocalSocketAddress();
    }

    public String url() {
        return "http://127.0.0.1:" + server.getLocalPort();
    }

    private void accept() throws IOException {
        while (true) {
            Socket client = server.accept();
            sockets.add(client);
            run(() -> handler.serve(client));
        }
    }

    private static InetSocketAddress loopback(int port) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    public Socket connect(int port) throws IOException {
        return connect(loopback(port));
    }

    public Socket connect(InetSocketAddress address) throws IOException {
        Socket socket = new Socket(address.getAddress(), address.getPort());
        sockets.add(socket);
        return socket;
    }

    public static void run(Task task) {
        Thread thread = new Thread(
                () -> {
                    try {
                        task.run();
                    } catch (IOException e) {
                        // a socket was closed, by one side or by cut()
                    }
                },
                "relay");
        thread.setDaemon(true);
        thread.start();
    }

    /** Ends all connections. */
    public void cut() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
        sockets.clear();
    }

    @Override
    public void close() throws IOException {
        server.close();
        cut();
    }
}
