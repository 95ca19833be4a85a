package io.sluice.soak;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import java.util.function.Function;

/** A client that sends what no client should. The node may answer it or close on it, but never with a 5xx. */
final class HostileClient implements SoakClient {

    private static final int REMEMBERED = 64 * 1024;
    private static final int ENDLESS_BYTES = 1 << 20;
    private static final String HOST = " HTTP/1.1\r\nHost: localhost\r\n";

    private static final List<Function<Random, String>> ACTS = List.of(
            random -> noise(random, 1 + random.nextInt(2000)),
            random -> "",
            random -> "GET /eve",
            random -> "GET /events HTTP/1.1\r\nHost: localhost\r\nX-Half: ",
            random -> get("/events?topic=a..b"),
            random -> get("/events?topic=%3E.a"),
            random -> get("/events?topic=" + "a".repeat(3000)),
            random -> get("/events?" + "topic=a&".repeat(400)),
            random -> get("/events?replay=-1"),
            random -> get("/events?replay=99999999999999999999"),
            random -> get("/events?topic=a%0d%0aInjected:%20yes%0d%0a%0d%0a"),
            random -> get("/events?topic=a\r\nInjected: yes"),
            random -> get("/events?lastEventId=%0d%0aInjected:%20yes"),
            random -> get("/events?topic=%zz%"),
            random -> get("/events?" + "x".repeat(10_000)),
            random -> get("/../../../../etc/passwd"),
            random -> get("/%2e%2e/%2e%2e/etc/passwd"),
            random -> get("/no-such-" + random.nextInt()),
            random -> get("/%00"),
            random -> "GET /events" + HOST + "X: " + "y".repeat(100_000) + "\r\n\r\n",
            random -> "GET /events" + HOST + "Accept: image/png\r\n\r\n",
            random -> "GET /events" + HOST + "Last-Event-ID: \u00ff\u0001\r\n\r\n",
            random -> "GET /events HTTP/9.9\r\n\r\n",
            random -> "GET /events\r\n\r\n",
            random -> "get /events HTTP/1.1\r\n\r\n",
            random -> "BREW /events" + HOST + "\r\n",
            random -> "OPTIONS *" + HOST + "\r\n",
            random -> "DELETE /events" + HOST + "\r\n",
            random -> "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + noise(random, 300),
            random -> "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003" + noise(random, 512),
            random -> "GET /events" + HOST
                    + "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                    + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
            random -> "GET /events" + HOST
                    + "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n\r\n",
            random -> post("", "{").repeat(20),
            random -> post("", "{\"a\":1} {\"b\":2}").repeat(20),
            random -> post("", "\u00ff\u00fe").repeat(20),
            random -> post("?topic=a%00b", "1").repeat(20),
            random -> post("?type=close", "1").repeat(5),
            random -> post("?type=a%0ab", "1").repeat(5),
            random -> post("", "[".repeat(100_000)),
            random -> post("", '"' + "x".repeat(300_000) + '"'),
            random -> "POST /events" + HOST + "Content-Type: application/json\r\nContent-Length: 99999999\r\n\r\n{",
            random -> "POST /events" + HOST + "Content-Type: application/json\r\nContent-Length: -1\r\n\r\n{",
            random -> "POST /events" + HOST + "Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{",
            random -> "POST /events" + HOST
                    + "Content-Type: application/json\r\nExpect: 100-continue\r\nContent-Length: 100\r\n\r\n",
            random -> "POST /events" + HOST
                    + "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{\r\n0\r\n\r\n",
            random -> "POST /events" + HOST
                    + "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n1\r\n{\r\n0\r\n\r\n",
            random -> "POST /events" + HOST + "Content-Type: image/png\r\nContent-Length: 1\r\n\r\n1",
            random -> get("/events?replay=none") + "GET /eve",
            random -> get("/").repeat(30));

    private final ClientCrowd crowd;
    private final Random random;
    private final StringBuilder heard = new StringBuilder();
    private final String act;
    private final boolean endless;
    private Connection connection;
    private int sent;
    private boolean left;

    HostileClient(ClientCrowd crowd) {
        this.crowd = crowd;
        this.random = crowd.random();
        int number = random.nextInt(ACTS.size() + 1);
        endless = number == ACTS.size();
        act = endless ? "GET /events" + HOST : ACTS.get(number).apply(random);
    }

    private static String get(String target) {
        return "GET " + target + HOST + "\r\n";
    }

    private static String post(String query, String body) {
        return "POST /events" + query + HOST + "Content-Type: application/json\r\nContent-Length: " + body.length()
                + "\r\n\r\n" + body;
    }

    private static String noise(Random random, int bytes) {
        byte[] noise = new byte[bytes];
        random.nextBytes(noise);
        return new String(noise, ISO_8859_1);
    }

    @Override
    public void come() {
        try {
            connection = new Connection(crowd, this, 0);
        } catch (IOException e) {
            crowd.counters().error("cannot connect: " + e);
            leave();
            return;
        }
        connection.send(act.getBytes(ISO_8859_1));
        if (endless) {
            goOn();
        }
        crowd.after(100 + random.nextInt(random.nextInt(4) == 0 ? 8000 : 2000), this::leave);
    }

    private void goOn() {
        if (!left && sent < ENDLESS_BYTES) {
            String lines = ("X-Endless-" + sent + ": on and on\r\n").repeat(20);
            sent += lines.length();
            connection.send(lines.getBytes(ISO_8859_1));
            crowd.after(5, this::goOn);
        }
    }

    @Override
    public void received(ByteBuffer bytes) {
        if (heard.length() < REMEMBERED) {
            heard.append(ISO_8859_1.decode(bytes));
        }
    }

    @Override
    public void ended() {
        leave();
    }

    @Override
    public void leave() {
        if (left) {
            return;
        }
        left = true;
        if (connection != null) {
            connection.close(random.nextBoolean());
        }
        judge();
        crowd.left(this);
    }

    private void judge() {
        String answers = heard.toString();
        String opening = act.substring(0, Math.min(120, act.length())).replace("\r\n", "\\r\\n");
        if (answers.contains("HTTP/1.1 5") || answers.contains("HTTP/1.0 5")) {
            crowd.counters()
                    .error(opening + ": answered " + answers.lines().findFirst().orElse(""));
        }
        if (answers.contains("\nInjected:")) {
            crowd.counters().error(opening + ": a header was injected");
        }
        if (answers.contains("root:")) {
            crowd.counters().error(opening + ": a file got out");
        }
        if (answers.startsWith("HTTP/1.1 4")) {
            crowd.counters().refusals.increment();
        }
    }

    @Override
    public int rest() {
        return random.nextInt(200);
    }

    @Override
    public SoakClient successor() {
        return crowd.anyone();
    }
}
