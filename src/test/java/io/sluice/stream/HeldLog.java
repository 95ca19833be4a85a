package io.sluice.stream;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A log that answers when the test says so. */
final class HeldLog implements EventLog {

    final List<List<Publication>> batches = new ArrayList<>();
    volatile @Nullable RuntimeException failure;
    private Promise<EventId> answer = Promise.promise();

    @Override
    public Future<EventId> append(List<Publication> batch) {
        RuntimeException thrown = failure;
        if (thrown != null) {
            throw thrown;
        }
        batches.add(batch);
        answer = Promise.promise();
        return answer.future();
    }

    void answer(long last) {
        answer.complete(new EventId("held", last));
    }

    void fail(String why) {
        answer.fail(why);
    }

    @Override
    public Future<Void> follow(Follower follower) {
        follower.begin(new EventId("held", 0));
        return Future.succeededFuture();
    }

    @Override
    public Future<Void> close() {
        return Future.succeededFuture();
    }
}
