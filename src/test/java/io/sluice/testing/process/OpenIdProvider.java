package io.sluice.testing.process;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;

/** The OpenID provider of other people, {@code oidc-provider} of npm, as a process: {@code src/test/openid}. */
public final class OpenIdProvider implements AutoCloseable {

    private static final Path SOURCE = Path.of("src", "test", "openid");
    private static final Path TARGET = Path.of("target", "openid");

    private final HttpClient http = HttpClient.newHttpClient();
    private final PrintingProcess process;
    private final URI url;

    private OpenIdProvider(PrintingProcess process, int port) {
        this.process = process;
        this.url = url(port);
    }

    /** The URL of a provider at a port, which is its name as well. */
    public static URI url(int port) {
        return URI.create("http://127.0.0.1:" + port);
    }

    /** Adds the packages of the lock file, and nothing else, outside of the source tree. */
    public static void install() throws IOException, InterruptedException {
        NpmPackages.install(SOURCE, TARGET);
    }

    /** Starts it at a port, with keys that it has made. */
    public static OpenIdProvider start(int port) throws IOException, InterruptedException {
        PrintingProcess process = PrintingProcess.start(
                List.of("node", TARGET.resolve("provider.js").toString(), String.valueOf(port)));
        process.await(1, "listening"::equals);
        return new OpenIdProvider(process, port);
    }

    /** A token for a client that it knows: ada, bob. */
    public String token(String client) throws IOException, InterruptedException {
        String basic = client + ":the+secret+of+" + client;
        HttpResponse<String> answer = http.send(
                HttpRequest.newBuilder(url.resolve("/token"))
                        .header(
                                "Authorization",
                                "Basic "
                                        + Base64.getEncoder().encodeToString(basic.getBytes(StandardCharsets.US_ASCII)))
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .POST(BodyPublishers.ofString("grant_type=client_credentials"))
                        .build(),
                BodyHandlers.ofString());
        assertEquals(200, answer.statusCode(), answer::body);
        return new JsonObject(answer.body()).getString("access_token");
    }

    /** From now on it has another key, of another kind, and the one before no more. */
    public void rotate() throws IOException, InterruptedException {
        http.send(
                HttpRequest.newBuilder(url.resolve("/rotate"))
                        .POST(BodyPublishers.noBody())
                        .build(),
                BodyHandlers.discarding());
    }

    @Override
    public void close() {
        process.close();
    }
}
