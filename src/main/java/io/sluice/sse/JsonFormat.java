package io.sluice.sse;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.sluice.log.Event;
import io.sluice.log.EventFormat;
import io.sluice.log.NewEvent;

/** An event as an element of the JSON array that a poll is answered with. It can carry every event. */
final class JsonFormat implements EventFormat {

    static final JsonFormat INSTANCE = new JsonFormat();

    private JsonFormat() {}

    @Override
    public void requireAllowed(NewEvent event) {
        // Whatever it is, it is a string here.
    }

    @Override
    public Frame encode(Event event) {
        return new Frame(EventJson.whole(event).encode().getBytes(UTF_8), -1);
    }
}
