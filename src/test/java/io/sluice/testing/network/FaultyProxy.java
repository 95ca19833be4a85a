package io.sluice.testing.network;

import io.sluice.testing.process.NodeProcess;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Stands before a node, and fails as networks do: it cuts connections, loses answers, and says 503. */
public final class FaultyProxy implements AutoCloseable {

    /** The fate of one request. */
    public enum Fault {
        /** It is refused, and never reaches the node. */
        BUSY,
        /** The node takes it, and the answer is lost. */
        LOST_ANSWER
    }

    private static final String BUSY_ANSWER = """
            HTTP/1.1 503 Service Unavailable\r
            Retry-After: 1\r
            Content-Length: 0\r
            Connection: close\r
            \r
            """;
    private static final Pattern LENGTH = Pattern.compile("(?is)\r\nContent-Length: *(\\d+)\r\n.*");

    private final int target;
    private final Queue<Fault> faults = new ConcurrentLinkedQueue<>();
    private final TcpRelay relay = TcpRelay.start(this::serve);
    private volatile boolean isCut;

    private FaultyProxy(int target) throws IOException {
        this.target = target;
    }

    public static FaultyProxy before(NodeProcess node) throws IOException, InterruptedException {
        return before(node.port());
    }

    /** Before a server of this machine. */
    public static FaultyProxy before(int port) throws IOException {
        return new FaultyProxy(port);
    }

    public String url() {
        return relay.url();
    }

    /** Has the next requests, one after the other, fail so. */
    public FaultyProxy failing(Fault... next) {
        faults.addAll(List.of(next));
        return this;
    }

    /** How many of these are still to come. */
    public int faultsLeft() {
        return faults.size();
    }

    /** Ends all connections, and every new one, until it is mended. */
    public void cut() throws IOException {
        isCut = true;
        relay.cut();
    }

    public void mend() {
        isCut = false;
    }

    private void serve(Socket client) throws IOException {
        if (isCut) {
            client.close();
        } else {
            serve(client, faults.poll());
        }
    }

    private void serve(Socket client, @Nullable Fault fault) throws IOException {
        if (fault == Fault.BUSY) {
            request(client.getInputStream());
            client.getOutputStream().write(BUSY_ANSWER.getBytes(StandardCharsets.US_ASCII));
            client.close();
            return;
        }
        Socket node = relay.connect(target);
        if (fault == Fault.LOST_ANSWER) {
            node.getOutputStream().write(request(client.getInputStream()));
            node.getInputStream().read();
            node.close();
            client.close();
            return;
        }
        TcpRelay.run(() -> forward(client, node));
        forward(node, client);
    }

    private static void forward(Socket from, Socket to) throws IOException {
        try (from;
                to) {
            from.getInputStream().transferTo(to.getOutputStream());
        }
    }

    /** A whole request, head and body. */
    private static byte[] request(InputStream in) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        int missing = Integer.MAX_VALUE;
        while (missing > 0) {
            bytes.write(in.read());
            String text = bytes.toString(StandardCharsets.ISO_8859_1);
            if (missing == Integer.MAX_VALUE && text.endsWith("\r\n\r\n")) {
                Matcher length = LENGTH.matcher(text);
                missing = length.find() ? Integer.parseInt(length.group(1)) : 0;
            } else if (missing != Integer.MAX_VALUE) {
                missing--;
            }
        }
        return bytes.toByteArray();
    }

    @Override
    public void close() throws IOException {
        relay.close();
    }
}
