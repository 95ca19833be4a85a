package io.sluice.node;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.sluice.testing.Await;
import io.sluice.testing.Tokens;
import io.sluice.testing.process.FreePorts;
import io.sluice.testing.process.NodeProcess;
import io.sluice.testing.process.OpenIdProvider;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A node and an OpenID provider that other people wrote, whose keys come late, change, go, and come back. */
@Timeout(120)
class OpenIdIT {

    private static final Pattern AWAY = Pattern.compile("WARN .*The keys of http://127.0.0.1:\\d+ cannot be read: ");

    private final HttpClient http = HttpClient.newHttpClient();

    @Test
    void theTokensOfAProviderAreGoodAsLongAsItHasTheirKeys() throws Exception {
        OpenIdProvider.install();
        int port = FreePorts.any();
        try (NodeProcess node = start(port).awaitStart()) {
            String url = node.url();
            // A token that is none needs no key; without any, nobody can say whether another one is good.
            assertEquals(401, publish(url, "ada", "hello"));
            assertEquals(503, publish(url, "ada", Tokens.rs256(Tokens.claims("ada", List.of(), List.of()))));
            String old;
            try (OpenIdProvider provider = OpenIdProvider.start(port)) {
                Await.await("the first keys", () -> publish(url, "ada", provider.token("ada")) == 201);
                old = haveRights(url, provider);
                provider.rotate();
                assertEquals(201, publish(url, "ada", provider.token("ada")));
                assertEquals(401, publish(url, "ada", old));
                old = haveRights(url, provider);
            }
            node.awaitLine(AWAY.pattern(), 2);
            assertEquals(201, publish(url, "ada", old));
            try (OpenIdProvider provider = OpenIdProvider.start(port)) {
                node.awaitLine("INFO .*The keys of http://127.0.0.1:\\d+ can be read again", 2);
                assertEquals(201, publish(url, "ada", provider.token("ada")));
                assertEquals(401, publish(url, "ada", old));
            }
            node.assertQuietBut(AWAY);
        }
    }

    private static NodeProcess start(int port) throws IOException {
        JsonObject configuration = new JsonObject("""
                { "http": { "host": "127.0.0.1", "port": 0 }, "publish": { "enabled": true }, "streams": { "chat/*": {} },
                  "auth": { "jwt": { "audience": "sluice", "jwksAge": "1s" } } }
                """);
        configuration
                .getJsonObject("auth")
                .getJsonObject("jwt")
                .put("discovery", OpenIdProvider.url(port).toString());
        return NodeProcess.start("-conf", configuration.encode());
    }

    /** Each user has the rights of their tokens, and no others. */
    private String haveRights(String url, OpenIdProvider provider) throws Exception {
        String ada = provider.token("ada");
        String bob = provider.token("bob");
        assertEquals(201, publish(url, "ada", ada));
        assertEquals(200, look(url, "ada", ada));
        assertEquals(403, look(url, "bob", ada));
        assertEquals(403, publish(url, "bob", ada));
        assertEquals(200, look(url, "bob", bob));
        assertEquals(403, publish(url, "bob", bob));
        return ada;
    }

    private int publish(String url, String stream, String token) throws Exception {
        return status(request(url, stream, token).POST(BodyPublishers.ofString("hello")));
    }

    private int look(String url, String stream, String token) throws Exception {
        return status(request(url, stream, token).method("HEAD", BodyPublishers.noBody()));
    }

    private static HttpRequest.Builder request(String url, String stream, String token) {
        return HttpRequest.newBuilder(URI.create(url + "/chat/" + stream))
                .header("Authorization", "Bearer " + token)
                .header("Content-Type", "text/plain");
    }

    private int status(HttpRequest.Builder request) throws Exception {
        return http.send(request.build(), BodyHandlers.discarding()).statusCode();
    }
}
