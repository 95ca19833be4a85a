package io.sluice.log;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/**
 * The epochs of a log, which tell to which one a position belongs: the newest {@value #MAX}, oldest first, each from its first
 * position up to the next one's. {@link Timeline} tells how readers use them.
 *
 * <pre>
 *     k3f9a2            m80qx1        zz0a2b
 *     |                 |             |
 *     0 ............. 500 501 ..... 900 901 ...        positions
 *                                       ^ past: earlier positions are not this log's any more
 * </pre>
 *
 * <p>A log that continues after a split begins an epoch, and contains the ids of both. A log that has lost its past begins an epoch
 * too, and contains no id from before.
 *
 * @param list the epochs by their first position; never empty
 * @param past the first position that is still this log's
 */
public record Epochs(List<Epoch> list, long past) {

    private static final int MAX = 16;

    /**
     * An epoch of the log.
     *
     * @param name as in {@link EventId#epoch()}
     * @param first its first position
     */
    public record Epoch(String name, long first) {}

    public Epochs {
        list = List.copyOf(list.subList(Math.max(0, list.size() - MAX), list.size()));
    }

    /** The epochs of a log that starts from nothing, at a position. */
    public static Epochs startingAt(EventId position) {
        return new Epochs(List.of(new Epoch(position.epoch(), position.n())), position.n());
    }

    /** These epochs, and one more that continues at a position. */
    public Epochs goOn(EventId position) {
        return with(position, past);
    }

    /** These epochs, whose names stay known, and one more that begins without a past. */
    public Epochs startOver(EventId position) {
        return with(position, position.n());
    }

    private Epochs with(EventId position, long from) {
        List<Epoch> all = new ArrayList<>(list);
        all.add(new Epoch(position.epoch(), position.n()));
        return new Epochs(all, from);
    }

    /** The id of a position, even of one in the past. */
    public EventId id(long n) {
        Epoch epoch = list.get(0);
        for (Epoch later : list) {
            epoch = later.first <= n ? later : epoch;
        }
        return new EventId(epoch.name, n);
    }

    /** The name of the newest epoch. */
    public String newest() {
        return list.get(list.size() - 1).name;
    }

    /** Whether an epoch has a name. */
    public boolean has(String name) {
        return list.stream().anyMatch(epoch -> epoch.name.equals(name));
    }

    /** Whether this log has given out an id, or is to give it out when it gets that far. */
    public boolean contains(EventId id) {
        return id.n() >= first() && id(id.n()).equals(id);
    }

    /**
     * The newest number up to {@code upTo} that has the same id in both, or the first number of these epochs if none has.
     *
     * @param others the epochs of an earlier state of this log, or of a fork of it
     */
    long lastCommon(Epochs others, long upTo) {
        long first = first();
        return LongStream.concat(LongStream.of(upTo), LongStream.concat(ends(), others.ends()))
                .filter(n -> n <= upTo && n >= first && contains(others.id(n)))
                .max()
                .orElse(first);
    }

    /** Whether the log has started from nothing, and has not lost its past since. */
    boolean isWhole() {
        return first() == 0;
    }

    /** Whether the log has events up to a number, or had them: since it began, or lost its past. */
    boolean hasUpTo(long n) {
        return n > first();
    }

    private long first() {
        return Math.max(past, list.get(0).first);
    }

    private LongStream ends() {
        return list.stream().mapToLong(epoch -> epoch.first - 1);
    }

    /** The text that {@link #parse} reads: {@code k3f9a2-0 m80qx1-501 501}. */
    @Override
    public String toString() {
        return list.stream().map(epoch -> epoch.name + '-' + epoch.first + ' ').collect(Collectors.joining()) + past;
    }

    /**
     * Reads what {@link #toString()} wrote.
     *
     * @throws IllegalArgumentException if the text is anything else
     */
    public static Epochs parse(String text) {
        String[] words = text.split(" ", -1);
        List<Epoch> list =
                Arrays.stream(words, 0, words.length - 1).map(Epochs::epoch).toList();
        if (list.isEmpty()) {
            throw new IllegalArgumentException("epochs \"" + text + "\"");
        }
        return new Epochs(list, Long.parseLong(words[words.length - 1]));
    }

    private static Epoch epoch(String word) {
        EventId first = EventId.parse(word);
        if (first == null) {
            throw new IllegalArgumentException("epoch \"" + word + "\"");
        }
        return new Epoch(first.epoch(), first.n());
    }
}
