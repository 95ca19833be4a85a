package io.sluice.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A server that was started here, and that ends here, at the latest with this process. */
final class Server implements AutoCloseable {

    private static final Pattern START = Pattern.compile(" listens on http://[^/]+:(\\d+)/");
    private static final long PATIENCE = TimeUnit.SECONDS.toNanos(60);
    private static final long LOOK_MILLIS = 50;
    private static final long END_SECONDS = 10;

    private final Process process;
    private final Path log;
    private final Thread atExit = new Thread(this::end);
    private int port;

    private Server(Process process, Path log) {
        this.process = process;
        this.log = log;
        Runtime.getRuntime().addShutdownHook(atExit);
    }

    /**
     * Starts a server, and waits until it listens.
     *
     * @param port where it will, or 0 where it says so itself, as {@code listens on http://127.0.0.1:8080/}
     */
    static Server start(List<String> command, Path directory, int port) throws IOException, InterruptedException {
        Path log = directory.resolve("server.log").toAbsolutePath();
        Process process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        Server server = new Server(process, log);
        try {
            server.awaitListening(port);
            return server;
        } catch (IOException | InterruptedException e) {
            server.close();
            throw e;
        }
    }

    private void awaitListening(int known) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + PATIENCE;
        while (System.nanoTime() < deadline && !process.waitFor(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
            port = known == 0 ? portSaid() : known;
            if (port != 0 && accepts()) {
                return;
            }
        }
        throw new IOException(
                "it does not start, and says: " + Files.readString(log).strip());
    }

    private int portSaid() throws IOException {
        Matcher start = START.matcher(Files.readString(log));
        return start.find() ? Integer.parseInt(start.group(1)) : 0;
    }

    private boolean accepts() {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    URI url(String path) {
        return URI.create("http://127.0.0.1:" + port + path);
    }

    long pid() {
        return process.pid();
    }

    @Override
    public void close() {
        Runtime.getRuntime().removeShutdownHook(atExit);
        end();
    }

    private void end() {
        List<ProcessHandle> children = process.descendants().toList();
        process.destroy();
        boolean ended = process.onExit()
                .thenApply(exited -> true)
                .completeOnTimeout(false, END_SECONDS, TimeUnit.SECONDS)
                .join();
        if (!ended) {
            process.destroyForcibly();
            children.forEach(ProcessHandle::destroyForcibly);
        }
    }
}
