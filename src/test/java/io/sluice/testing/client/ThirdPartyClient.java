package io.sluice.testing.client;

import io.sluice.testing.process.Programs;
import java.util.List;
import java.util.Optional;

/** The clients that other people wrote; clients.md has the same table. */
// Functions without state and lists of List.of are immutable.
@SuppressWarnings("ImmutableEnumChecker")
public enum ThirdPartyClient {
    CHROMIUM(BrowserClient::start, "chromium", "chromedriver"),
    EVENTSOURCE((url, ear) -> ProcessClient.start(ear, "node", "eventsource.js", url), "node", "npm"),
    EVENTSOURCE_CLIENT((url, ear) -> ProcessClient.start(ear, "node", "eventsource-client.js", url), "node", "npm"),
    FETCH_EVENT_SOURCE((url, ear) -> ProcessClient.start(ear, "node", "fetch-event-source.js", url), "node", "npm"),
    EVENT_SOURCE_POLYFILL(
            (url, ear) -> ProcessClient.start(ear, "node", "event-source-polyfill.js", url), "node", "npm"),
    OKHTTP_SSE(OkHttpSseClient::start),
    OKHTTP_EVENTSOURCE(OkHttpEventSourceClient::start),
    VERTX_WEB_CLIENT(VertxWebClient::start),
    CURL((url, ear) -> ProcessClient.start(ear, "bash", "curl/client.sh", url), "bash", "curl"),
    PYTHON((url, ear) -> ProcessClient.start(ear, "python3", "python/client.py", url), "python3");

    /** Begins to follow a stream; closing what it returns ends that. */
    private interface Start {
        AutoCloseable follow(String url, EventRecorder ear) throws Exception;
    }

    private final Start start;
    private final List<String> programs;

    ThirdPartyClient(Start start, String... programs) {
        this.start = start;
        this.programs = List.of(programs);
    }

    public AutoCloseable follow(String url, EventRecorder ear) throws Exception {
        return start.follow(url, ear);
    }

    /** A program that it needs and this machine lacks. */
    public Optional<String> missing() {
        return programs.stream()
                .filter(program -> Programs.find(program).isEmpty())
                .findFirst();
    }

    public boolean isPackage() {
        return programs.contains("npm");
    }
}
