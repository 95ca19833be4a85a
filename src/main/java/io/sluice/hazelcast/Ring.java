package io.sluice.hazelcast;

import com.hazelcast.config.InvalidConfigurationException;
import com.hazelcast.config.RingbufferConfig;
import com.hazelcast.config.RingbufferStoreConfig;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.ringbuffer.OverflowPolicy;
import com.hazelcast.ringbuffer.ReadResultSet;
import com.hazelcast.ringbuffer.Ringbuffer;
import io.sluice.log.History;
import io.sluice.log.InvalidOptionException;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.ContextInternal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/**
 * A stream's ring in Hazelcast, with a backup at another member. Its futures complete on the stream's context.
 *
 * <p>The ring's own sequences stay in this package: a client sees the numbers of ids only.
 */
final class Ring implements RingFollower.Source {

    /** How many records one call adds or reads at most; {@code RingbufferProxy.MAX_BATCH_SIZE}. */
    private static final int MAX_RECORDS = 1000;

    private static final String LATEST = "latest";

    /** A new leader has to find the last position, however short the history's age is. */
    static final Duration MIN_AGE = Duration.ofMinutes(1);

    /** If each event comes alone, a position follows each. */
    private static final int RECORDS_PER_EVENT = 2;

    private static final long ADD_MILLIS = 15_000;

    /** A position comes each 20 s. */
    private static final long READ_MILLIS = 45_000;

    /** A record and its sequence in the ring. */
    record Slot(long sequence, Buffer bytes) {}

    private final ContextInternal context;
    private final Ringbuffer<byte[]> ring;
    private final int capacity;

    private Ring(ContextInternal context, Ringbuffer<byte[]> ring, int capacity) {
        this.context = context;
        this.ring = ring;
        this.capacity = capacity;
    }

    /**
     * The ring of a stream, as large as its history. Blocks: not on an event loop.
     *
     * @throws InvalidOptionException if the cluster has it with another history
     */
    static Ring open(ContextInternal context, HazelcastInstance hazelcast, String stream, History history) {
        RingbufferConfig config = new RingbufferConfig("sluice." + stream)
                .setCapacity(RECORDS_PER_EVENT * history.events())
                .setBackupCount(1)
                .setAsyncBackupCount(0)
                .setTimeToLiveSeconds(seconds(history.age()))
                .setRingbufferStoreConfig(latest(history.latest()))
                .setMergePolicyConfig(ClusterMaps.largerSideStays());
        try {
            hazelcast.getConfig().addRingBufferConfig(config);
        } catch (InvalidConfigurationException e) {
            RingbufferConfig running = hazelcast.getConfig().getRingbufferConfig(config.getName());
            throw new InvalidOptionException(
                    "history", describe(config), describe(running) + ", as the cluster has it");
        }
        return new Ring(context, hazelcast.getRingbuffer(config.getName()), config.getCapacity());
    }

    /** No store: Hazelcast compares all of a ring's configuration, and nodes must keep the newest events of as many topics. */
    private static RingbufferStoreConfig latest(int topics) {
        RingbufferStoreConfig none = new RingbufferStoreConfig().setEnabled(false);
        return topics == 0 ? none : none.setProperty(LATEST, Integer.toString(topics));
    }

    private static int seconds(Duration age) {
        Duration kept = age.compareTo(MIN_AGE) < 0 ? MIN_AGE : age;
        return (int) Math.min(Integer.MAX_VALUE, kept.plusMillis(999).toSeconds());
    }

    private static String describe(RingbufferConfig config) {
        return config.getCapacity() / RECORDS_PER_EVENT + " events, age " + config.getTimeToLiveSeconds() + "s, latest "
                + config.getRingbufferStoreConfig().getProperties().getProperty(LATEST, "0");
    }

    /** How many records may be added, or read, at once. */
    @Override
    public int maxRecords() {
        return Math.min(MAX_RECORDS, capacity);
    }

    /**
     * Adds records in a row.
     *
     * @return the last one's sequence, once a backup has them; if it fails, they may be there, or not, or come later
     */
    Future<Long> add(List<byte[]> records) {
        return onContext(ring.addAllAsync(records, OverflowPolicy.OVERWRITE), ADD_MILLIS);
    }

    /**
     * Reads from a sequence, or from the nearest one that the ring has: the slots tell.
     *
     * @param wait whether to wait for a record
     */
    @Override
    public Future<List<Slot>> read(long from, boolean wait, int max) {
        return onContext(ring.readManyAsync(from, wait ? 1 : 0, Math.min(max, maxRecords()), null), READ_MILLIS)
                .map(Ring::slots);
    }

    /** A backup that missed a batch, and was promoted, has holes: they become empty records. */
    private static List<Slot> slots(ReadResultSet<byte[]> results) {
        List<Slot> slots = new ArrayList<>(results.size());
        for (int i = 0; i < results.size(); i++) {
            byte[] record = results.get(i);
            slots.add(new Slot(results.getSequence(i), record == null ? Buffer.buffer() : Buffer.buffer(record)));
        }
        return slots;
    }

    /**
     * Hazelcast lets a call to a ring wait for ever, even for an answer that a broken connection has lost. Here such a call fails
     * after a time. The next call tells what it has done.
     */
    private <T> Future<T> onContext(CompletionStage<T> stage, long millis) {
        return Future.fromCompletionStage(stage, context).timeout(millis, TimeUnit.MILLISECONDS);
    }
}
