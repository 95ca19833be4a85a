package io.sluice.testing.network;

import io.sluice.testing.process.NodeProcess;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Stands before a node and notes the request line of each request; for requests without a body. */
public final class CountingProxy implements AutoCloseable {

    private volatile int target;
    private final TcpRelay relay = TcpRelay.start(this::serve);
    private final List<String> requests = new CopyOnWriteArrayList<>();

    private CountingProxy(int target) throws IOException {
        this.target = target;
    }

    public static CountingProxy before(NodeProcess node) throws IOException, InterruptedException {
        return new CountingProxy(node.port());
    }

    /** Leads new connections to another node. */
    public void turnTo(NodeProcess node) throws InterruptedException {
        target = node.port();
    }

    public String url() {
        return relay.url();
    }

    /** How many requests for this path there were so far. */
    public long count(String path) {
        return requests.stream()
                .filter(line -> line.matches("GET " + path + "(\\?\\S*)? .*"))
                .count();
    }

    private void serve(Socket client) throws IOException {
        Socket node = relay.connect(target);
        TcpRelay.run(() -> forwardResponses(node, client));
        forwardRequests(client, node);
    }

    private void forwardRequests(Socket client, Socket node) throws IOException {
        BufferedReader head =
                new BufferedReader(new InputStreamReader(client.getInputStream(), StandardCharsets.ISO_8859_1));
        OutputStream out = node.getOutputStream();
        for (String line = head.readLine(); line != null; line = head.readLine()) {
            if (line.endsWith(" HTTP/1.1")) {
                requests.add(line);
            }
            out.write((line + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
        }
        // The client has gone.
        node.close();
    }

    private static void forwardResponses(Socket node, Socket client) throws IOException {
        InputStream in = node.getInputStream();
        in.transferTo(client.getOutputStream());
        client.close();
    }

    @Override
    public void close() throws IOException {
        relay.close();
    }
}
