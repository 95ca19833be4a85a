package io.sluice.stream;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The listeners of a stream as one. Any thread. */
final class StreamListeners implements StreamListener {

    private static final Logger LOG = LoggerFactory.getLogger(StreamListeners.class);

    private final List<StreamListener> listeners = new CopyOnWriteArrayList<>();

    void add(StreamListener listener) {
        listeners.add(listener);
    }

    @Override
    public void appended(int events) {
        each(listener -> listener.appended(events));
    }

    @Override
    public void published(PublishDoor door, long nanos) {
        each(listener -> listener.published(door, nanos));
    }

    @Override
    public void publishFailed(PublishDoor door, int status) {
        each(listener -> listener.publishFailed(door, status));
    }

    @Override
    public void dropped() {
        each(StreamListener::dropped);
    }

    @Override
    public void opened() {
        each(StreamListener::opened);
    }

    @Override
    public void resumed(ResumeResult result) {
        each(listener -> listener.resumed(result));
    }

    @Override
    public void behind(int change) {
        each(listener -> listener.behind(change));
    }

    @Override
    public void refused(CloseReason reason) {
        each(listener -> listener.refused(reason));
    }

    @Override
    public void delivered(long events, long bytes) {
        each(listener -> listener.delivered(events, bytes));
    }

    @Override
    public void written(long nanos) {
        each(listener -> listener.written(nanos));
    }

    @Override
    public void gap(@Nullable Long lost) {
        each(listener -> listener.gap(lost));
    }

    @Override
    public void closed(CloseReason reason) {
        each(listener -> listener.closed(reason));
    }

    @Override
    public void subscribers(String stream, int now) {
        each(listener -> listener.subscribers(stream, now));
    }

    private void each(Consumer<StreamListener> call) {
        for (StreamListener listener : listeners) {
            try {
                call.accept(listener);
            } catch (RuntimeException | Error e) {
                LOG.warn("a listener of a stream failed", e);
            }
        }
    }
}
