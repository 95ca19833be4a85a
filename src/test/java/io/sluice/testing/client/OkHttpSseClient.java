package io.sluice.testing.client;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.sse.EventSource;
import okhttp3.sse.EventSourceListener;
import okhttp3.sse.EventSources;
import org.jspecify.annotations.Nullable;

/** okhttp-sse reads one response; to come back with the last id is left to its users, and done here as they do it. */
public final class OkHttpSseClient extends EventSourceListener implements AutoCloseable {

    // The library does not tell the server's retry.
    private static final long RETRY_MILLIS = 100;

    private final String url;
    private final EventRecorder ear;
    private final OkHttpClient http = new OkHttpClient.Builder()
            .readTimeout(0, TimeUnit.SECONDS) // the default, 10 s, is shorter than the silence between heartbeats
            .build();
    private final Executor timer = CompletableFuture.delayedExecutor(RETRY_MILLIS, TimeUnit.MILLISECONDS);

    private volatile @Nullable String lastId;
    private volatile boolean closed;

    private OkHttpSseClient(String url, EventRecorder ear) {
        this.url = url;
        this.ear = ear;
    }

    public static OkHttpSseClient start(String url, EventRecorder ear) {
        OkHttpSseClient client = new OkHttpSseClient(url, ear);
        client.connect();
        return client;
    }

    private void connect() {
        if (closed) {
            return;
        }
        Request.Builder request = new Request.Builder().url(url);
        if (lastId != null) {
            request.header("Last-Event-ID", lastId);
        }
        EventSources.createFactory(http).newEventSource(request.build(), this);
    }

    @Override
    public void onEvent(EventSource source, @Nullable String id, @Nullable String type, String data) {
        if (id != null) {
            lastId = id;
        }
        ear.hear(new ReceivedEvent(id, type, data));
    }

    @Override
    public void onClosed(EventSource source) {
        comeBack();
    }

    @Override
    public void onFailure(EventSource source, @Nullable Throwable failure, @Nullable Response response) {
        comeBack();
    }

    private void comeBack() {
        timer.execute(this::connect);
    }

    @Override
    public void close() {
        closed = true;
        http.dispatcher().cancelAll();
        http.dispatcher().executorService().shutdown();
        http.connectionPool().evictAll();
    }
}
