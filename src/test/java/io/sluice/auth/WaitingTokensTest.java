package io.sluice.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class WaitingTokensTest {

    private final WaitingTokens line = new WaitingTokens(1);

    @Test
    void aFullLineTakesNoMoreUntilACheckIsDoneAndThatIsSaidOnce() {
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.start();
        Logger logger = (Logger) LoggerFactory.getLogger(WaitingTokens.class);
        logger.addAppender(log);
        logger.setAdditive(false);
        try {
            Promise<String> check = Promise.promise();
            Future<String> first = line.add(check::future);

            assertInstanceOf(
                    TooManyTokensException.class, line.add(check::future).cause());
            assertInstanceOf(
                    TooManyTokensException.class, line.add(check::future).cause());
            check.complete("good");
            assertEquals("good", first.result());
            assertTrue(line.add(() -> Future.succeededFuture("good")).succeeded());
            assertEquals(1, log.list.size());
        } finally {
            logger.setAdditive(true);
            logger.detachAppender(log);
        }
    }

    @Test
    void aCheckThatThrowsLeavesTheLine() {
        for (int i = 0; i < 2; i++) {
            assertInstanceOf(
                    IllegalStateException.class,
                    line.add(() -> {
                                throw new IllegalStateException();
                            })
                            .cause());
        }
    }
}
