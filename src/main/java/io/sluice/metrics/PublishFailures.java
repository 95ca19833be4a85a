package io.sluice.metrics;

import io.sluice.stream.PublishDoor;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;

/** How many publishers failed, by door and status. There are so many statuses and no more; any other one counts as {@value #OTHER}. Any thread. */
final class PublishFailures {

    static final String OTHER = "other";

    private static final int[] HTTP = {400, 401, 403, 404, 405, 408, 409, 413, 415, 422, 429, 500, 503};
    private static final int[] BUS = {400, 404, 405, 409, 422, 503};

    private final Counts http = new Counts(PublishDoor.HTTP, HTTP);
    private final Counts bus = new Counts(PublishDoor.BUS, BUS);

    /** How many failed with a status: one number of many. */
    record Count(PublishDoor door, String status, LongAdder failed) {}

    private static final class Counts {

        private final PublishDoor door;
        private final int[] statuses;
        private final LongAdder[] failed;

        Counts(PublishDoor door, int... statuses) {
            this.door = door;
            this.statuses = statuses;
            this.failed =
                    Stream.generate(LongAdder::new).limit(statuses.length + 1L).toArray(LongAdder[]::new);
        }

        void count(int status) {
            int index = 0;
            while (index < statuses.length && statuses[index] != status) {
                index++;
            }
            failed[index].increment();
        }

        Stream<Count> all() {
            return Stream.iterate(0, index -> index < failed.length, index -> index + 1)
                    .map(index -> new Count(
                            door, index < statuses.length ? String.valueOf(statuses[index]) : OTHER, failed[index]));
        }
    }

    void count(PublishDoor door, int status) {
        (door == PublishDoor.HTTP ? http : bus).count(status);
    }

    /** Each count there is, those of 0 too. */
    List<Count> all() {
        return Stream.concat(http.all(), bus.all()).toList();
    }

    long sum() {
        return all().stream().mapToLong(count -> count.failed().sum()).sum();
    }
}
