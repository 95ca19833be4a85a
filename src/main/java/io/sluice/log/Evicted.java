package io.sluice.log;

import io.sluice.log.Journal.Entry;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/**
 * What is left of the events that have left a {@link Journal}'s ring: the newest events of topics, as many as {@link History#latest}
 * says, and how far the others reach.
 *
 * <pre>
 *                                        tail            head
 *                                         |               |
 *   positions     . 12 .  . 31 . .  47  . 55 56 57 58 .. 80
 *   topic            a       c      d      b  a  b  b     e        12 goes: a has 56. 31 and 47 stay.
 * </pre>
 *
 * <p>The journal's writer changes it; readers, which hold no more than a position, read it without a lock.
 */
final class Evicted {

    /** Of how many topics the journal keeps the newest event; topics in the ring count too. */
    private final int limit;

    /** By position. Written by the writer only. */
    private final ConcurrentNavigableMap<Long, Entry> latest = new ConcurrentSkipListMap<>();

    private volatile long forgotten;

    /** The same, without the topics that went for the limit. */
    private volatile long lacking;

    /** Of the events that are to be forgotten. */
    private volatile long withdrawn;

    private volatile Instant newest;

    // The writer's only:
    private int count;
    private long bytes;

    /**
     * @param forgotten the position up to which topics may be missing from the start; 0 or less if none is
     * @param withdrawn the position up to which events that are to be forgotten may be missing from the start; 0 or less if none is
     * @param newest the time up to which events may be missing from the start
     */
    Evicted(int limit, long forgotten, long withdrawn, Instant newest) {
        this.limit = limit;
        this.forgotten = forgotten;
        this.lacking = forgotten;
        this.withdrawn = withdrawn;
        this.newest = newest;
    }

    // ---- the writer

    /** Keeps the newest event of a topic, before the tail rises above it. */
    void keep(Entry entry) {
        latest.put(entry.position(), entry);
        count++;
        bytes += entry.size();
    }

    /** A topic has a newer event, or is forgotten. */
    void remove(Entry entry) {
        if (latest.remove(entry.position(), entry)) {
            count--;
            bytes -= entry.size();
        }
    }

    /** An event leaves the ring for good, before the tail rises above it. */
    void drop(Event event) {
        if (event.time().isAfter(newest)) {
            newest = event.time();
        }
    }

    /** The newest event of its topic goes for good. */
    void forget(Entry entry) {
        forgetUpTo(entry.position());
    }

    /** The newest event of its topic goes, and was to be forgotten. */
    void withdraw(Entry entry) {
        withdrawn = Math.max(withdrawn, entry.position());
    }

    /** Topics are missing whose newest event has a position up to this one. */
    void forgetUpTo(long position) {
        forgotten = Math.max(forgotten, position);
        lacking = Math.max(lacking, position);
    }

    /**
     * Lets the topics go that were silent longest, until there are no more than the limit.
     *
     * @param byTopic the newest entry of each topic
     * @param forgets how many of those are events to be forgotten
     */
    void limit(Map<String, Entry> byTopic, int forgets) {
        while (count > 0 && byTopic.size() - forgets > limit) {
            Entry oldest = latest.firstEntry().getValue();
            // Before it goes: a reader looks in the other order.
            forgotten = Math.max(forgotten, oldest.position());
            byTopic.remove(oldest.event().topic(), oldest);
            remove(oldest);
        }
    }

    /** Whether the newest events of topics are kept at all. */
    boolean keepsLatest() {
        return limit > 0;
    }

    /** The number of kept events. */
    int count() {
        return count;
    }

    /** The bytes of the kept events. */
    long bytes() {
        return bytes;
    }

    // ---- readers, on any thread

    /** As {@link Journal#latestAfter}. */
    @Nullable
    Entry latestAfter(long position) {
        Map.Entry<Long, Entry> next = latest.higherEntry(position);
        return next == null ? null : next.getValue();
    }

    /** As {@link Journal#countLatest}. */
    int countLatest(long after, long upTo, int most) {
        return (int) latest.subMap(after, false, upTo, true).keySet().stream()
                .limit(most)
                .count();
    }

    /** As {@link Journal#forgotten}. */
    long forgotten() {
        return forgotten;
    }

    /** As {@link Journal#lacking}. */
    long lacking() {
        return lacking;
    }

    /** As {@link Journal#withdrawn}. */
    long withdrawn() {
        return withdrawn;
    }

    /** As {@link Journal#hasDropped}. */
    boolean hasDropped(Instant since) {
        return !newest.isBefore(since);
    }
}
