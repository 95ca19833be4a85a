package io.sluice.sse;

import io.sluice.stream.CloseReason;
import io.vertx.core.Future;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What closed subscriptions are told last, on its way to their sockets. Event loop only. */
final class LastWords {

    private static final Logger LOG = LoggerFactory.getLogger(LastWords.class);

    private final SubscriptionTimers timers;
    private final SlowClients slow;
    private final Executor loop;
    private final Runnable taken;

    /**
     * Prepares them.
     *
     * @param loop runs what is to be done on the event loop
     * @param taken is told when a socket has them that did not take them at once, or is gone
     */
    LastWords(SubscriptionTimers timers, SlowClients slow, Executor loop, Runnable taken) {
        this.timers = timers;
        this.slow = slow;
        this.loop = loop;
        this.taken = taken;
    }

    /** Ends the response of a closed subscription: with words, unless they would not arrive. */
    void end(Subscription subscription, CloseReason reason, Supplier<byte[]> words) {
        switch (reason) {
            case GONE -> slow.gone(subscription);
            case DEAD -> {
                subscription.path.abort();
                slow.gone(subscription);
            }
            default -> write(subscription, words.get());
        }
    }

    /** A socket that does not take the words in time is given up. */
    private void write(Subscription subscription, byte[] words) {
        try {
            Future<Void> ended = subscription.path.end(words);
            if (ended.isComplete()) {
                slow.gone(subscription);
                return;
            }
            timers.await(subscription);
            slow.leaves(subscription);
            ended.onComplete(done -> loop.execute(() -> {
                timers.end(subscription);
                slow.gone(subscription);
                taken.run();
            }));
        } catch (RuntimeException e) {
            // Of a handler that the application has put on the response.
            LOG.debug("{} could not be told of its end", subscription, e);
            slow.gone(subscription);
        }
    }
}
