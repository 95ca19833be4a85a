package io.sluice.testing.process;

import static org.junit.jupiter.api.Assertions.fail;

import io.sluice.testing.Await;
import io.sluice.testing.TestCertificate;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A real proxy before a node, with the configuration that ships in {@code conf}, on a free port. */
public final class ProxyProcess implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private static final Path EXPRESS = Path.of("target", "proxy");

    private final Process process;
    private final Path log;
    private final int port;
    private final int tlsPort;

    private ProxyProcess(List<String> command, Path log, int port, int tlsPort) throws IOException {
        this.process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        this.log = log;
        this.port = port;
        this.tlsPort = tlsPort;
    }

    public static ProxyProcess nginx(Path directory, String configuration, int nodePort) throws Exception {
        Path nginx = Programs.require("nginx", "nginx-light");
        int port = FreePorts.inARow(2);
        String mine = replace(
                        replace(configuration, "127.0.0.1:8080", "127.0.0.1:" + nodePort), "listen 80;", """
                                listen 127.0.0.1:%d;
                        """.formatted(
                                        port))
                .replace("listen 443 ", "listen 127.0.0.1:" + (port + 1) + ' ')
                .replace("/var/log/nginx/access.log", "access.log");
        // Debian's nginx puts these where only root may write:
        String files = """
                http {
                    client_body_temp_path body;
                    proxy_temp_path proxy;
                    fastcgi_temp_path fastcgi;
                    uwsgi_temp_path uwsgi;
                    scgi_temp_path scgi;
                """;
        Path file = Files.writeString(directory.resolve("nginx.conf"), replace(mine, "http {", files));
        String globals = "daemon off; pid nginx.pid;";
        return new ProxyProcess(
                        List.of(
                                nginx.toString(),
                                "-e",
                                "stderr",
                                "-p",
                                directory.toString(),
                                "-c",
                                file.toString(),
                                "-g",
                                globals),
                        directory.resolve("nginx.log"),
                        port,
                        port + 1)
                .awaitListening();
    }

    /** The configuration that ships, with the files of a certificate. */
    public static String shippedNginx(TestCertificate certificate) throws IOException {
        String shipped = Files.readString(Path.of("conf", "nginx.conf"));
        String certified = replace(
                shipped, "/etc/ssl/certs/sluice.pem", certificate.certificate().toString());
        return replace(
                certified, "/etc/ssl/private/sluice.key", certificate.key().toString());
    }

    public static ProxyProcess haproxy(Path directory, String configuration, int nodePort) throws Exception {
        Path haproxy = Programs.require("haproxy", "haproxy");
        int port = FreePorts.any();
        String mine = replace(configuration, "127.0.0.1:8080", "127.0.0.1:" + nodePort);
        Path file = Files.writeString(
                directory.resolve("haproxy.cfg"), replace(mine, "bind :80", "bind 127.0.0.1:" + port));
        return new ProxyProcess(
                        List.of(haproxy.toString(), "-db", "-f", file.toString()),
                        directory.resolve("haproxy.log"),
                        port,
                        -1)
                .awaitListening();
    }

    /** Adds the packages of {@link #express}, once for all of a class. */
    public static void installExpress() throws Exception {
        Programs.require("npm", "npm");
        NpmPackages.install(Path.of("src", "test", "proxy"), EXPRESS);
    }

    /** Express with its middleware that compresses, before http-proxy: {@code src/test/proxy}. */
    public static ProxyProcess express(Path directory, int nodePort) throws Exception {
        Path node = Programs.require("node", "nodejs");
        int port = FreePorts.any();
        return new ProxyProcess(
                        List.of(
                                node.toString(),
                                EXPRESS.resolve("proxy.js").toString(),
                                String.valueOf(port),
                                String.valueOf(nodePort)),
                        directory.resolve("express.log"),
                        port,
                        -1)
                .awaitListening();
    }

    /** Replaces a part of a configuration that has to be there. */
    public static String replace(String configuration, String part, String by) {
        return configuration.contains(part)
                ? configuration.replace(part, by)
                : fail("no \"" + part + "\" in " + configuration);
    }

    public int port() {
        return port;
    }

    /** The port of nginx' server block for HTTPS, if the configuration has one. */
    public int tlsPort() {
        return tlsPort;
    }

    private ProxyProcess awaitListening() throws Exception {
        Await.await("the proxy listens", PATIENCE, () -> accepts() || !process.isAlive());
        if (!process.isAlive()) {
            return fail("the proxy has ended, and said: " + Files.readString(log));
        }
        return this;
    }

    private boolean accepts() {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    /** Ends it, and waits until it has. */
    @Override
    public void close() {
        process.destroy();
        process.onExit()
                .completeOnTimeout(process, 10, TimeUnit.SECONDS)
                .thenAccept(Process::destroyForcibly)
                .join();
    }
}
