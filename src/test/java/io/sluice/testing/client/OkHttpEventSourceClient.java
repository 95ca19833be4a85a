package io.sluice.testing.client;

import com.launchdarkly.eventsource.EventSource;
import com.launchdarkly.eventsource.MessageEvent;
import com.launchdarkly.eventsource.background.BackgroundEventHandler;
import com.launchdarkly.eventsource.background.BackgroundEventSource;
import java.net.URI;

/** LaunchDarkly's okhttp-eventsource comes back by itself, with the last id. */
public final class OkHttpEventSourceClient implements BackgroundEventHandler, AutoCloseable {

    private final BackgroundEventSource source;
    private final EventRecorder ear;

    // "this" is only called once it is complete.
    @SuppressWarnings("NullAway")
    private OkHttpEventSourceClient(String url, EventRecorder ear) {
        this.ear = ear;
        this.source = new BackgroundEventSource.Builder(this, new EventSource.Builder(URI.create(url))).build();
    }

    public static OkHttpEventSourceClient start(String url, EventRecorder ear) {
        OkHttpEventSourceClient client = new OkHttpEventSourceClient(url, ear);
        client.source.start();
        return client;
    }

    @Override
    public void onMessage(String event, MessageEvent message) {
        ear.hear(new ReceivedEvent(message.getLastEventId(), event, message.getData()));
    }

    @Override
    public void onOpen() {}

    @Override
    public void onClosed() {}

    @Override
    public void onComment(String comment) {}

    @Override
    public void onError(Throwable failure) {}

    @Override
    public void close() {
        source.close();
    }
}
