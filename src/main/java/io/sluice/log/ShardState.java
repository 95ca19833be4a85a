package io.sluice.log;

import io.sluice.log.ShardPage.KeyedOutcome;
import io.vertx.core.buffer.Buffer;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * All that a node has of a shard: its streams, which of them have gone, and the outcomes of keyed batches. It is read, and written,
 * page by page.
 *
 * <p>On the shard's context only.
 */
final class ShardState {

    /** About the size of a page. */
    static final int PAGE_BYTES = 1 << 17;

    private static final int PAGE_NAMES = 500;
    private static final int PAGE_OUTCOMES = 5000;

    private final NamedStreams streams;
    private final Outcomes outcomes;
    private final Shard shard;
    private final InstantSource clock;
    private final Supplier<ShardState> fresh;
    private final int pageBytes;

    /**
     * @param fresh makes another one, which is empty and nobody sees
     * @param pageBytes about the size of a page
     */
    ShardState(
            NamedStreams streams,
            Outcomes outcomes,
            Shard shard,
            InstantSource clock,
            Supplier<ShardState> fresh,
            int pageBytes) {
        this.streams = streams;
        this.outcomes = outcomes;
        this.shard = shard;
        this.clock = clock;
        this.fresh = fresh;
        this.pageBytes = pageBytes;
    }

    /** Applies commands. */
    void apply(List<Event> commands) {
        shard.append(commands);
    }

    /** Nothing is known any more. Who watches a stream waits for it to be made again. */
    void forget() {
        List.copyOf(streams.all()).forEach(this::forget);
        streams.forgetGone();
        outcomes.forgetKeyed();
    }

    private void forget(NamedStream stream) {
        if (stream.exists) {
            streams.forgotten(stream);
        }
    }

    /** The outcomes of keyed batches are those of another log, perhaps. */
    void forgetOutcomes() {
        outcomes.forgetKeyed();
    }

    /** Becomes what some commands make of nothing. A stream that is the same afterwards stays as it was for its readers. */
    void rebuild(List<Event> commands, EventId position) {
        ShardState built = fresh.get();
        built.apply(commands);
        PageInstaller installer = new PageInstaller(this);
        forgetOutcomes();
        for (PageCursor cursor = PageCursor.START; cursor != null; ) {
            ShardPage page = built.page(position, 0, cursor);
            installer.install(page, cursor, List.of());
            cursor = page.next();
        }
    }

    /** For each stream the milliseconds since something has happened to it here; 0 if it is watched. */
    Buffer ages(List<String> names) {
        long now = clock.millis();
        Buffer ages = Buffer.buffer(names.size() * Long.BYTES);
        for (String name : names) {
            NamedStream stream = streams.find(name);
            ages.appendLong(
                    stream == null ? Long.MAX_VALUE : stream.isWatched() ? 0 : Math.max(1, now - stream.changedAt));
        }
        return ages;
    }

    // ---- pages

    /**
     * A page.
     *
     * @param position up to which the commands have been applied
     */
    ShardPage page(EventId position, long startedOver, PageCursor cursor) {
        return cursor.isOfNames()
                ? new NamesPage(cursor).read(position, startedOver)
                : outcomesPage(position, startedOver, cursor);
    }

    private ShardPage outcomesPage(EventId position, long startedOver, PageCursor cursor) {
        List<KeyedOutcome> some = outcomes.keyedAfter(cursor.key(), PAGE_OUTCOMES);
        boolean more = some.size() == PAGE_OUTCOMES;
        PageCursor next =
                more ? PageCursor.outcomesAfter(some.get(some.size() - 1).position()) : null;
        return new ShardPage(position, startedOver, List.of(), Map.of(), some, next);
    }

    /** Reads the streams from a name on, as many as a page takes. */
    private final class NamesPage {

        private final PageCursor cursor;
        private final long now = clock.millis();
        private final List<StreamState> page = new ArrayList<>();
        private final Map<String, Long> gone = new LinkedHashMap<>();
        private PageCursor next;
        private int left = pageBytes;

        private NamesPage(PageCursor cursor) {
            this.cursor = cursor;
            this.next = cursor;
        }

        private ShardPage read(EventId position, long startedOver) {
            Map<String, Long> allGone = streams.gone();
            List<String> names = firstNames(allGone);
            int read = 0;
            for (; read < names.size() && left > 0; read++) {
                String name = names.get(read);
                NamedStream stream = streams.find(name);
                if (stream != null && stream.exists) {
                    read(stream);
                } else {
                    gone.put(name, now - allGone.getOrDefault(name, now));
                    next = PageCursor.after(name);
                    left -= name.length();
                }
            }
            boolean all = read == names.size() && names.size() < PAGE_NAMES && left > 0;
            return new ShardPage(position, startedOver, page, gone, List.of(), all ? PageCursor.OUTCOMES : next);
        }

        private void read(NamedStream stream) {
            boolean goesOn = stream.name().equals(cursor.from()) && stream.firstEpoch.equals(cursor.epoch());
            StreamState part = StreamState.of(stream, goesOn ? cursor.n() : 0, left, now);
            page.add(part);
            left = part.whole() ? left - part.size() : 0;
            next = part.whole() ? PageCursor.after(stream.name()) : PageCursor.within(stream, part.end());
        }

        /** The first names of the page, in order. */
        private List<String> firstNames(Map<String, Long> allGone) {
            PriorityQueue<String> first = new PriorityQueue<>(Comparator.reverseOrder());
            for (NamedStream stream : streams.all()) {
                if (stream.exists) {
                    offer(stream.name(), first);
                }
            }
            for (String name : allGone.keySet()) {
                if (!streams.exists(name)) {
                    offer(name, first);
                }
            }
            return first.stream().sorted().toList();
        }

        private void offer(String name, PriorityQueue<String> first) {
            if (name.compareTo(cursor.from()) >= 0) {
                first.add(name);
                if (first.size() > PAGE_NAMES) {
                    first.remove();
                }
            }
        }
    }

    /** The topics that the next commands of a stream forget. */
    Set<String> forgotten(StreamState stream, List<Event> commands) {
        return stream.ended() ? Set.of() : shard.forgotten(commands);
    }

    /** Makes a whole stream this node's. */
    void install(StreamState stream) {
        stream.install(streams, clock.millis());
    }

    /**
     * The rest of what a page says: which streams there are not.
     *
     * @param from the first name that the page is about
     * @param end the first name that it is not about; null if it is about all from the first one on
     * @param there the streams of the page
     */
    void installRest(ShardPage page, String from, @Nullable String end, List<StreamState> there) {
        Set<String> names = there.stream().map(StreamState::name).collect(Collectors.toSet());
        for (NamedStream stream : List.copyOf(streams.all())) {
            String name = stream.name();
            boolean within = name.compareTo(from) >= 0 && (end == null || name.compareTo(end) < 0);
            if (within && stream.exists && !names.contains(name)) {
                drop(stream, page.gone().containsKey(name));
            }
        }
        long now = clock.millis();
        page.gone().forEach((name, age) -> streams.addGone(name, now - age));
        page.outcomes().forEach(outcomes::install);
    }

    private void drop(NamedStream stream, boolean deleted) {
        if (deleted) {
            streams.deleted(stream, true);
        } else {
            streams.forgotten(stream);
        }
    }
}
