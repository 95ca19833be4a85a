package io.sluice.node;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.RequestOptions;
import io.vertx.ext.web.Router;
import io.vertx.junit5.VertxExtension;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The member b and its neighbours: a, on the same machine, c, on another one, and d, which tells no URL. */
@ExtendWith(VertxExtension.class)
// JUnit calls serve().
@SuppressWarnings("NullAway.Init")
class MemberOriginsTest {

    private volatile List<String> names = List.of("a", "b", "c", "d");
    private HttpClient client;
    private HttpServer server;
    private MemberUrls members;

    @BeforeEach
    void serve(Vertx vertx) {
        url(vertx, "a", "http://10.0.0.5:8080/");
        url(vertx, "c", "http://10.0.0.6:8082/");
        members = new MemberUrls(vertx, "b", () -> names, Duration.ZERO);
        members.tell("http://10.0.0.5:8081/").await();
        Router router = Router.router(vertx);
        router.route().handler(new MemberOrigins(members)::handle).handler(routing -> routing.end("Hello"));
        server = vertx.createHttpServer()
                .requestHandler(router)
                .listen(0, "127.0.0.1")
                .await();
        client = vertx.createHttpClient();
    }

    private static void url(Vertx vertx, String member, String url) {
        vertx.eventBus()
                .consumer("sluice.member-url." + member, question -> question.reply(url))
                .completion()
                .await();
    }

    private String allowed(String host, String origin) {
        return client.request(new RequestOptions()
                        .setMethod(HttpMethod.GET)
                        .setHost("127.0.0.1")
                        .setPort(server.actualPort())
                        .putHeader("Host", host)
                        .putHeader("Origin", origin))
                .compose(request -> request.send())
                .map(response -> response.headers().contains("Access-Control-Allow-Origin")
                        ? response.getHeader("Access-Control-Allow-Origin")
                        : "-")
                .await();
    }

    @Test
    void theMembersAreThoseThatTellTheirUrls() {
        assertEquals(
                "{a=http://10.0.0.5:8080/, b=http://10.0.0.5:8081/, c=http://10.0.0.6:8082/}",
                members.all().await().toString());
    }

    @Test
    void thePageOfAMemberThatHasDiedReadsOn() {
        assertEquals("http://10.0.0.6:8082", allowed("10.0.0.5:8081", "http://10.0.0.6:8082"));
        names = List.of("b");
        assertEquals(1, members.all().await().size());
        assertEquals("http://10.0.0.6:8082", allowed("10.0.0.5:8081", "http://10.0.0.6:8082"));
    }

    @ParameterizedTest
    @CsvSource({
        // As they tell it themselves
        "10.0.0.5:8081, http://10.0.0.5:8080, http://10.0.0.5:8080",
        "10.0.0.5:8081, http://10.0.0.6:8082, http://10.0.0.6:8082",
        "localhost:8081, http://10.0.0.5:8080, http://10.0.0.5:8080",
        // By another name of this machine
        "localhost:8081, http://localhost:8080, http://localhost:8080",
        "tower.local:8081, http://tower.local:8080, http://tower.local:8080",
        // Others
        "localhost:8081, http://localhost:9090, -",
        "localhost:8081, http://localhost, -",
        "localhost:8081, https://localhost:8080, -",
        "localhost:8081, http://127.0.0.1:8080, -",
        // c is not on this machine
        "localhost:8081, http://localhost:8082, -",
        "10.0.0.5:8081, http://evil.example:8080, -",
        "10.0.0.5:8081, null, -",
        "10.0.0.5:8081, http://10.0.0.5:8080/page, -"
    })
    void aPageOfAMemberReads(String host, String origin, String allowed) {
        assertEquals(allowed, allowed(host, origin));
    }
}
