package io.sluice.soak;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.nio.ByteBuffer;

/** A client of an {@link Attack}. The node may answer it or close on it, but never with a 500. */
final class Attacker implements SoakClient {

    private static final int SMALL_BUFFER = 4096;

    private final ClientCrowd crowd;
    private final Attack attack;
    private Connection connection;
    private boolean left;

    Attacker(ClientCrowd crowd, Attack attack) {
        this.crowd = crowd;
        this.attack = attack;
    }

    @Override
    public void come() {
        try {
            connection = new Connection(crowd, this, attack.reads() ? 0 : SMALL_BUFFER);
        } catch (IOException e) {
            crowd.counters().error(attack.name() + ": cannot connect: " + e);
            leave();
            return;
        }
        connection.read(attack.reads());
        connection.send(attack.bytes().apply(crowd.random()));
        crowd.after(attack.stays() + crowd.random().nextInt(1000), this::leave);
    }

    @Override
    public void received(ByteBuffer bytes) {
        String answer = ISO_8859_1.decode(bytes).toString();
        if (answer.startsWith("HTTP/1.1 500")) {
            crowd.counters()
                    .error(attack.name() + ": " + answer.lines().findFirst().orElse(""));
        } else if (answer.startsWith("HTTP/1.1 4") || answer.startsWith("HTTP/1.1 503")) {
            crowd.counters().refusals.increment();
        }
    }

    @Override
    public void ended() {
        crowd.counters().ends.increment();
        leave();
    }

    @Override
    public void leave() {
        if (!left) {
            left = true;
            if (connection != null) {
                connection.close(crowd.random().nextBoolean());
            }
            crowd.left(this);
        }
    }

    @Override
    public int rest() {
        return attack.rests();
    }

    @Override
    public SoakClient successor() {
        return new Attacker(crowd, attack);
    }
}
