package io.sluice.log;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Makes the pages of another node's state this node's. The pages are of different positions of the shard's log, and so are the
 * streams in them, and the parts of a stream that takes several pages:
 *
 * <pre>
 *   page 1   streams from ""  on    as of 1040
 *   page 2   streams from "k" on    as of 1043        command 1042, of stream "m", is in it already; 1042 of "a" would not be
 *   page 3   the outcomes           as of 1044
 * </pre>
 *
 * <p>On the shard's context only.
 */
final class PageInstaller {

    /** Behind all names, which are ASCII. */
    private static final String PAST_ALL = "\uffff";

    private final ShardState state;
    /** The position of each page, by its first name. */
    private final TreeMap<String, Long> positions = new TreeMap<>();
    /** The parts so far of a stream that takes several pages. */
    private @Nullable StreamState partial;
    /** The position of the page that the newest of them was in. */
    private long partialAt;

    PageInstaller(ShardState state) {
        this.state = state;
    }

    /**
     * Installs a page.
     *
     * @param cursor the one that the page was asked with
     * @param commands those behind the first page, as far as the page at least
     */
    void install(ShardPage page, PageCursor cursor, Collection<Event> commands) {
        for (StreamState part : page.streams()) {
            StreamState before = partial;
            StreamState stream = before == null
                    ? part
                    : before.with(part, forgotten(before, page.position().n(), commands));
            partial = stream.whole() ? null : stream;
            partialAt = page.position().n();
            if (stream.whole()) {
                state.install(stream);
            }
        }
        if (cursor.isOfNames()) {
            positions.put(cursor.from(), page.position().n());
        }
        PageCursor next = page.next();
        String end = next != null && next.isOfNames() ? next.from() : null;
        state.installRest(page, cursor.isOfNames() ? cursor.from() : PAST_ALL, end, page.streams());
    }

    private Set<String> forgotten(StreamState earlier, long upTo, Collection<Event> commands) {
        List<Event> since = commands.stream()
                .filter(command ->
                        command.topic().equals(earlier.name()) && command.n() > partialAt && command.n() <= upTo)
                .toList();
        return state.forgotten(earlier, since);
    }

    boolean isEmpty() {
        return positions.isEmpty();
    }

    /** The position up to which the installed pages have the commands of a stream. */
    long positionOf(String name) {
        Map.Entry<String, Long> page = positions.floorEntry(name);
        return Objects.requireNonNull(page).getValue();
    }

    /** The node's own state is the one that is needed, as of a position. */
    void own(long position) {
        positions.clear();
        positions.put("", position);
    }
}
