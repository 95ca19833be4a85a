package io.sluice.node;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.sluice.stream.EventStream;
import io.sluice.stream.StreamOptions;
import io.sluice.testing.CapturedOutput;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;

/** Tests of a node's HTTP side that must not log anything: a client's mistake is not the node's affair. */
@ExtendWith(VertxExtension.class)
// JUnit's beforeEach.
@SuppressWarnings("NullAway.Init")
class QuietServer {

    private final String configuration;

    ServedStream node;
    CapturedOutput log;

    QuietServer(String configuration) {
        this.configuration = configuration;
    }

    @BeforeEach
    void serve(Vertx vertx) {
        log = new CapturedOutput();
        node = ServedStream.serve(
                vertx, EventStream.open(vertx, "events", StreamOptions.DEFAULT).await(), configuration);
    }

    @AfterEach
    void nothingWasLogged() {
        log.close();
        assertEquals("", log.text(), "a client's mistake is not the node's affair");
    }
}
