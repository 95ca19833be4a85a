package io.sluice.soak;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.sluice.log.EventId;
import io.sluice.testing.client.HttpResponseParser;
import io.sluice.testing.client.PromiseCheck;
import io.sluice.testing.client.SseBlock;
import io.sluice.testing.client.SseParser;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * A client that speaks HTTP as it should, and holds the node to its promise. It may be slow, stop reading for good, vanish
 * with a reset in the middle of an event, and come back with the last id that it saw.
 */
final class HonestClient implements SoakClient, HttpResponseParser.Handler, PromiseCheck.Listener {

    // The longest time without a byte; heartbeats come every 2 s.
    private static final long PATIENCE_MILLIS = 15_000;
    private static final int SMALL_BUFFER = 4096;
    private static final List<String> FILTERS = List.of(
            "", "", "", "topic=t.1", "topic=t.2", "topic=t.*", "topic=>", "topic=t.3&topic=t.4", "topic=no.such.topic");
    private static final List<String> REPLAYS =
            List.of("", "", "replay=last", "replay=none", "replay=all", "replay=20", "replay=snapshot");

    private static final String PUBLISHED = "\"t\\.\\d+ \\d+ x+\"";

    private enum Temper {
        PLAIN,
        OLD, // HTTP/1.0
        // It sends HEAD, then GET.
        LOOKS_FIRST,
        PIPELINES,
        SLOW,
        NEVER_READS
    }

    private final ClientCrowd crowd;
    private final Random random;
    private final Temper temper;
    private final String path;
    private final boolean unfiltered;
    private final long quitsAt;
    private PromiseCheck promise;
    private HttpResponseParser responses;
    private SseParser blocks;
    private Connection connection;
    // Whether the next answer is that to a HEAD.
    private boolean head;
    private boolean secondIsUnderWay;
    private boolean paused;
    private boolean left;
    private long heardAt;
    private int visits;
    // The number changes with each visit, so that tasks of an earlier visit do nothing.
    private int turn;

    HonestClient(ClientCrowd crowd) {
        this.crowd = crowd;
        this.random = crowd.random();
        this.temper = temper(random.nextInt(100));
        boolean torrent = temper == Temper.SLOW || temper == Temper.NEVER_READS;
        String filter = torrent ? "" : any(FILTERS);
        this.unfiltered = filter.isEmpty() || filter.equals("topic=>");
        this.path = (torrent ? "/torrent?" : "/events?") + filter;
        this.quitsAt = ClientCrowd.now() + 1000 + random.nextInt(random.nextInt(4) == 0 ? 60_000 : 15_000);
        this.promise = PromiseCheck.sequences(unfiltered, this);
    }

    private static Temper temper(int percent) {
        if (percent < 75) {
            return Temper.PLAIN;
        }
        if (percent < 81) {
            return Temper.OLD;
        }
        if (percent < 86) {
            return Temper.LOOKS_FIRST;
        }
        if (percent < 91) {
            return Temper.PIPELINES;
        }
        return percent < 97 ? Temper.SLOW : Temper.NEVER_READS;
    }

    private <T> T any(List<T> list) {
        return list.get(random.nextInt(list.size()));
    }

    // ---- coming and going

    @Override
    public void come() {
        int then = ++turn;
        visits++;
        responses = new HttpResponseParser(this);
        heardAt = ClientCrowd.now();
        secondIsUnderWay = false;
        try {
            boolean small = temper == Temper.SLOW || temper == Temper.NEVER_READS;
            connection = new Connection(crowd, this, small ? SMALL_BUFFER : 0);
        } catch (IOException e) {
            crowd.counters().error("cannot connect: " + e);
            leaveForGood(true);
            return;
        }
        if (temper == Temper.LOOKS_FIRST) {
            head = true;
            connection.send(request("HEAD", "HTTP/1.1", ""));
        } else {
            get();
        }
        if (temper == Temper.SLOW) {
            crowd.after(random.nextInt(3000), () -> pause(then));
        } else if (temper == Temper.NEVER_READS) {
            paused = true;
            connection.read(false);
        }
        crowd.after(Math.max(0, quitsAt - ClientCrowd.now()), () -> quit(then));
    }

    private void get() {
        head = false;
        String last = lastEventId();
        if (!last.isEmpty()) {
            crowd.counters().resumes.increment();
        }
        String replay = last.isEmpty() ? any(REPLAYS) : "";
        boolean old = temper == Temper.OLD;
        connection.send(request("GET", old ? "HTTP/1.0" : "HTTP/1.1", replay));
        if (temper == Temper.PIPELINES) {
            connection.send(request("GET", "HTTP/1.1", "replay=none"));
            secondIsUnderWay = true;
        }
        promise.open(replay.equals("replay=snapshot"));
    }

    private byte[] request(String method, String version, String replay) {
        String last = lastEventId();
        boolean inQuery = random.nextInt(4) == 0;
        StringBuilder request = new StringBuilder(method).append(' ').append(path);
        request.append('&').append(replay);
        if (!last.isEmpty() && inQuery) {
            request.append("&lastEventId=").append(last);
        }
        request.append(' ').append(version).append("\r\nHost: localhost\r\nAccept: text/event-stream\r\n");
        if (!last.isEmpty() && !inQuery) {
            request.append("Last-Event-ID: ").append(last).append("\r\n");
        }
        return request.append("\r\n").toString().getBytes(ISO_8859_1);
    }

    private void pause(int then) {
        if (!left && then == turn) {
            paused = true;
            connection.read(false);
            crowd.after(2000 + random.nextInt(10_000), () -> goOn(then));
        }
    }

    private void goOn(int then) {
        if (!left && then == turn) {
            paused = false;
            heardAt = ClientCrowd.now();
            connection.read(true);
            crowd.after(1000 + random.nextInt(5000), () -> pause(then));
        }
    }

    private void quit(int then) {
        if (left || then != turn) {
            return;
        }
        if (visits < 3 && temper != Temper.NEVER_READS && random.nextInt(3) == 0) {
            // The client comes back as after a network failure, and leaves in its next visit.
            comeBack();
        } else {
            leaveForGood(random.nextBoolean());
        }
    }

    private void comeBack() {
        connection.close(random.nextBoolean());
        turn++;
        crowd.after(random.nextInt(1500), () -> {
            if (!left) {
                come();
            }
        });
    }

    private void leaveForGood(boolean reset) {
        if (!left) {
            left = true;
            if (connection != null) {
                connection.close(reset);
            }
            crowd.left(this);
        }
    }

    @Override
    public void leave() {
        leaveForGood(random.nextBoolean());
    }

    // ---- what the node says

    @Override
    public void received(ByteBuffer bytes) {
        heardAt = ClientCrowd.now();
        int then = turn;
        try {
            byte[] part = new byte[bytes.remaining()];
            bytes.get(part);
            responses.take(part, 0, part.length);
        } catch (RuntimeException e) {
            wrong("cannot be read: " + e);
        }
        if (then == turn && !left && head && responses.isBetweenResponses()) {
            get();
        }
    }

    @Override
    public boolean head(String text) {
        if (!text.startsWith("HTTP/1.1 200 OK\r\n") && !text.startsWith("HTTP/1.0 200 OK\r\n")) {
            wrong("answered " + text.lines().findFirst().orElse(""));
        }
        blocks = SseBlock.parser(block -> promise.take(block));
        return !head;
    }

    @Override
    public void body(byte[] bytes, int from, int to) {
        blocks.take(bytes, from, to);
    }

    @Override
    public void event(EventId id, SseBlock block) {
        crowd.counters().events.increment();
        if (!String.valueOf(block.data()).matches(PUBLISHED)) {
            wrong("an event that nobody published: " + block.data());
        }
    }

    @Override
    public void gap(@Nullable EventId from, EventId to, @Nullable Long lost) {
        crowd.counters().gaps.increment();
        if (from != null && to.n() < from.n()) {
            wrong("gap back to " + to + " after " + from);
        }
        if (unfiltered && lost == null) {
            wrong("gap to " + to + " after " + from + " does not tell how much is lost");
        }
    }

    @Override
    public void close(String data) {
        if (!data.equals("{}")) {
            wrong("closed with " + data);
        }
    }

    @Override
    public void end() {
        if (left) {
            return;
        }
        promise.end();
        crowd.counters().ends.increment();
        if (secondIsUnderWay) {
            secondIsUnderWay = false;
            promise = PromiseCheck.sequences(unfiltered, this);
        } else if (ClientCrowd.now() > quitsAt) {
            leaveForGood(false);
        } else if (temper == Temper.OLD || random.nextBoolean()) {
            comeBack();
        } else {
            // The next request uses the same connection.
            get();
        }
    }

    @Override
    public void ended() {
        int then = turn;
        responses.connectionEnded();
        if (then == turn && !left) {
            wrong("the node has closed the connection");
            leaveForGood(false);
        }
    }

    @Override
    public String complaint(long now) {
        boolean waits = !left && !paused && connection.isOpen() && now - heardAt > PATIENCE_MILLIS;
        if (waits) {
            // The complaint comes once.
            heardAt = now;
        }
        return waits ? describe() + ": silence" : "";
    }

    @Override
    public void wrong(String problem) {
        crowd.counters().error(describe() + ": " + problem);
    }

    private String lastEventId() {
        EventId last = promise.position();
        return last == null ? "" : last.toString();
    }

    private String describe() {
        return temper + " " + path + " visit " + visits + " at " + lastEventId();
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
