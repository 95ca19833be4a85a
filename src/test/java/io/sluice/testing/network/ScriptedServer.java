package io.sluice.testing.network;

import io.sluice.testing.client.BrowserClient;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Answers every request for a stream with the same text and the end, and keeps the requests' heads. */
public final class ScriptedServer implements AutoCloseable {

    private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final BlockingQueue<String> requests = new LinkedBlockingQueue<>();
    private final String stream;

    private ScriptedServer(String stream) throws IOException {
        this.stream = stream;
    }

    public static ScriptedServer saying(String stream) throws IOException {
        ScriptedServer scripted = new ScriptedServer(stream);
        new Thread(scripted::accept, "scripted-server").start();
        return scripted;
    }

    public String url() {
        return "http://127.0.0.1:" + server.getLocalPort() + "/events";
    }

    /** The head of the next request for the stream. */
    public String awaitRequest() throws InterruptedException {
        String head = requests.poll(20, TimeUnit.SECONDS);
        if (head == null) {
            throw new AssertionError("no request for 20 s");
        }
        return head;
    }

    private void accept() {
        while (!server.isClosed()) {
            try (Socket client = server.accept()) {
                answer(client);
            } catch (IOException e) {
                // it was closed, or the client has gone
            }
        }
    }

    private void answer(Socket client) throws IOException {
        String head = head(client);
        if (head.startsWith("GET /events")) {
            write(client, "text/event-stream", stream);
            requests.add(head);
        } else if (head.startsWith("GET / ")) {
            write(client, "text/html", BrowserClient.PAGE);
        }
    }

    private static String head(Socket client) throws IOException {
        BufferedReader lines =
                new BufferedReader(new InputStreamReader(client.getInputStream(), StandardCharsets.ISO_8859_1));
        StringBuilder head = new StringBuilder();
        for (String line = lines.readLine(); line != null && !line.isEmpty(); line = lines.readLine()) {
            head.append(line).append('\n');
        }
        return head.toString();
    }

    private static void write(Socket client, String type, String body) throws IOException {
        String answer = "HTTP/1.1 200 OK\r\nContent-Type: " + type + "\r\nConnection: close\r\n\r\n" + body;
        client.getOutputStream().write(answer.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
