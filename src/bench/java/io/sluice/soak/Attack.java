package io.sluice.soak;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.List;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A way to make other clients of a node wait, or to fill its memory, without any right.
 *
 * @param crowd how many clients do so at once
 * @param reads whether they read what the node answers
 * @param stays the time that each one stays, unless the node ends it before, in milliseconds
 * @param rests the time from one client to the next, in milliseconds
 * @param bytes what each one sends
 */
record Attack(String name, int crowd, boolean reads, int stays, int rests, Function<Random, byte[]> bytes) {

    private static final int MEGABYTES_8 = 8 << 20;
    private static final String HOST = " HTTP/1.1\r\nHost: localhost\r\n";
    private static final byte[] LINES = post("?topic=storm.a.b", "1\n".repeat(MEGABYTES_8 / 2), 0);
    private static final byte[] ALL_BUT_ONE_BYTE = post("", " ".repeat(MEGABYTES_8 - 1), 1);
    private static final byte[] STORM = post("?topic=storm.a.b", ("\"" + "x".repeat(80) + "\"\n").repeat(1000), 0);

    /** All of them at once: some 4,000 connections. */
    static final List<Attack> ALL = List.of(
            new Attack("wildcard filters", 300, true, 60_000, 500, random -> get("/events?" + filters(random, 32))),
            new Attack("too many filters", 20, true, 1000, 500, random -> get("/events?" + filters(random, 270))),
            new Attack("a thousand lines for them", 1, true, 2000, 5000, random -> STORM),
            new Attack("100 snapshots at once", 2, true, 3000, 2000, random -> snapshots(random, 100)),
            new Attack("snapshots that nobody reads", 20, false, 20_000, 500, random -> get("/wide?replay=snapshot")),
            new Attack("histories that nobody reads", 1500, false, 40_000, 500, random -> get("/wide?replay=all")),
            new Attack("streams without a window", 4, true, 40_000, 1000, random -> windowless(822)),
            new Attack("four million lines", 1, true, 10_000, 3000, random -> LINES),
            new Attack("all but one byte", 52, true, 60_000, 10_000, random -> ALL_BUT_ONE_BYTE),
            new Attack("silence", 500, true, 200_000, 500, random -> new byte[0]),
            new Attack("half a head", 500, true, 200_000, 500, random -> bytes("GET /events" + HOST + "X: ")),
            new Attack("half a body", 300, true, 200_000, 500, random -> post("", "{", 100)),
            new Attack("half a preface", 300, true, 200_000, 500, random -> bytes("PRI * HTTP/2.0\r\n\r\n")),
            new Attack("staying after the answer", 400, true, 200_000, 500, random -> get("/health/live")),
            new Attack("lines in a field of HTTP/2", 10, true, 2000, 500, random -> new Http2Bytes(65_535)
                    .get("/events", "x-a", "b\r\nInjected: yes")
                    .bytes()),
            new Attack("%zz", 20, true, 1000, 500, random -> bytes(("GET /%zz" + HOST + "\r\n").repeat(20))),
            new Attack("requests taken back", 5, true, 2000, 1000, random -> takenBack(1000)),
            new Attack(
                    "answers that nobody reads",
                    50,
                    false,
                    20_000,
                    1000,
                    random -> bytes(("GET /" + HOST + "\r\n").repeat(2000))));

    private static byte[] bytes(String text) {
        return text.getBytes(ISO_8859_1);
    }

    private static byte[] get(String target) {
        return bytes("GET " + target + HOST + "Accept: text/event-stream\r\n\r\n");
    }

    /** A POST that announces more bytes than it sends. */
    private static byte[] post(String query, String body, int missing) {
        return bytes("POST /events" + query + HOST + "Content-Type: application/x-ndjson\r\nContent-Length: "
                + (body.length() + missing) + "\r\n\r\n" + body);
    }

    private static String filters(Random random, int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> "topic=" + (i % 2 == 0 ? "*." : "storm.*.") + random.nextInt(1000) + ".>")
                .collect(Collectors.joining("&", "", "&topic=storm.>"))
                .replaceFirst("topic=[^&]*&", "");
    }

    private static byte[] snapshots(Random random, int count) {
        Http2Bytes connection = new Http2Bytes(1 << 20);
        List<String> replays = List.of("snapshot", "last", "500");
        for (int i = 0; i < count; i++) {
            connection.get("/wide?replay=" + replays.get(i % replays.size()) + '&' + filters(random, 32));
        }
        return connection.bytes();
    }

    private static byte[] windowless(int streams) {
        Http2Bytes connection = new Http2Bytes(0);
        for (int i = 0; i < streams; i++) {
            connection.get("/wide?replay=all");
        }
        return connection.bytes();
    }

    private static byte[] takenBack(int streams) {
        Http2Bytes connection = new Http2Bytes(65_535);
        for (int i = 0; i < streams; i++) {
            connection.get("/events?replay=all").cancel();
        }
        return connection.bytes();
    }
}
