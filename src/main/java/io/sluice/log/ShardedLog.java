package io.sluice.log;

import io.vertx.core.Future;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The log of a template whose streams share a few {@link EventLog}s, the shards. A stream's name tells its shard.
 *
 * <pre>
 *   append("42", batch) --> {@link ShardMember}  commands
 *                               |
 *                           EventLog     decides the order of the shard's commands, at whichever node
 *                               |
 *                           {@link Shard}        each node applies them: journals of its streams
 *                               |
 *                           {@link Outcomes}     "done", or "it has ended", to the sender
 * </pre>
 */
public final class ShardedLog implements TemplateLog {

    private final TemplateSetup setup;
    private final List<ShardMember> shards;

    private ShardedLog(
            TemplateSetup setup, int shards, LogProvider provider, History history, ShardPeers.Provider peers) {
        this.setup = setup;
        TemplateRoom room = new TemplateRoom(setup.template(), setup.rules().max());
        this.shards = IntStream.range(0, shards)
                .mapToObj(index ->
                        new ShardMember(setup, context(setup.vertx(), shards), index, provider, history, peers, room))
                .toList();
    }

    private static ContextInternal context(VertxInternal vertx, int shards) {
        return shards == 1 ? OpenersContext.of(vertx) : vertx.createEventLoopContext();
    }

    /** The provider of logs in this process' memory. */
    public static TemplateLogProvider inMemory() {
        return provider(1, MemoryLog.provider(), History.DEFAULT, (context, shard) -> ShardPeers.NONE);
    }

    /**
     * The provider of logs that share others.
     *
     * @param shards how many, 1 or more; the same at each node, since a stream's name tells its shard
     * @param provider makes the shards' logs
     * @param history what those keep: enough for nodes that follow
     * @param peers the nodes that have what the shards' logs do not keep
     */
    public static TemplateLogProvider provider(
            int shards, LogProvider provider, History history, ShardPeers.Provider peers) {
        InvalidOptionException.require(shards >= 1, "shards", shards, "1 or more");
        return setup -> new ShardedLog(setup, shards, provider, history, peers);
    }

    private ShardMember shard(String name) {
        return shards.get(Math.floorMod(name.hashCode(), shards.size()));
    }

    private NamedStreams streams(String name) {
        return shard(name).streams();
    }

    @Override
    public Future<Void> open() {
        return Future.all(shards.stream().map(ShardMember::open).toList()).mapEmpty();
    }

    @Override
    public Future<Receipt> append(String name, Batch batch) {
        return shard(name).append(name, batch);
    }

    @Override
    public Future<Receipt> create(String name, @Nullable String key) {
        return shard(name).create(name, key);
    }

    @Override
    public Future<Boolean> delete(String name) {
        return shard(name).delete(name);
    }

    @Override
    public Future<NamedStream> watch(String name) {
        ShardMember shard = shard(name);
        // A stream that has not come yet from another node is none that waits to be made.
        return shard.isComplete() ? watchKnown(name) : shard.completed().compose(v -> watchKnown(name));
    }

    private Future<NamedStream> watchKnown(String name) {
        NamedStreams streams = streams(name);
        return !streams.exists(name) && streams.hasGone(name)
                ? Future.failedFuture(new NoSuchStreamException("the stream " + setup.fullName(name) + " has gone"))
                : Future.succeededFuture(streams.watch(name));
    }

    @Override
    public void release(NamedStream stream) {
        streams(stream.name()).release(stream);
    }

    @Override
    public Future<List<NamedStreamInfo>> list(@Nullable String after, int limit) {
        return setup.vertx()
                .executeBlocking(
                        () -> shards.stream()
                                .map(shard -> shard.streams().all())
                                .flatMap(Collection::stream)
                                .filter(stream -> stream.hasBegun()
                                        && (after == null || stream.name().compareTo(after) > 0))
                                .sorted(Comparator.comparing(NamedStream::name))
                                .limit(limit)
                                .map(ShardedLog::describe)
                                .toList(),
                        false);
    }

    private static NamedStreamInfo describe(NamedStream stream) {
        Journal journal = stream.journal();
        boolean ended = journal.state() == Journal.State.ENDED;
        Journal.Contents contents = journal.contents();
        return new NamedStreamInfo(
                stream.name(), journal.id(contents.head()), contents.events(), contents.bytes(), ended);
    }

    @Override
    public int subscribers(String name) {
        NamedStream stream = streams(name).find(name);
        return stream == null ? 0 : stream.subscribers();
    }

    @Override
    public Duration lag() {
        return shards.stream()
                .map(shard -> shard.log().lag())
                .max(Comparator.naturalOrder())
                .orElse(Duration.ZERO);
    }

    @Override
    public boolean isFollowing() {
        return shards.stream().allMatch(ShardMember::isFollowing);
    }

    @Override
    public Held held() {
        return shards.stream().map(shard -> shard.streams().held()).reduce(Held.NOTHING, Held::plus);
    }

    @Override
    public int leads() {
        return (int) shards.stream().filter(ShardMember::isLeading).count();
    }

    @Override
    public Future<Void> close() {
        return Future.join(shards.stream().map(ShardMember::close).toList()).mapEmpty();
    }
}
