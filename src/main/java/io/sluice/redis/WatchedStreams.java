package io.sluice.redis;

import io.sluice.log.CountingJournal;
import io.sluice.log.Held;
import io.sluice.log.Leadership;
import io.sluice.log.LogSetup;
import io.sluice.log.NamedStream;
import io.sluice.log.NamedStreams;
import io.sluice.log.SteadyClock;
import io.sluice.log.TemplateSetup;
import io.vertx.core.Future;
import io.vertx.core.internal.ContextInternal;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The streams of a template that somebody watches at this node. Of all others this node knows nothing.
 *
 * <p>On the template's context only, but for {@link #subscribers} and {@link #isWatched}.
 */
final class WatchedStreams implements StreamChanges {

    private static final Logger LOG = LoggerFactory.getLogger(WatchedStreams.class);

    private static final int NAMED = 3;

    private final TemplateSetup setup;
    private final ContextInternal context;
    private final TemplateScripts scripts;
    private final StreamLoader loader;
    private final NamedStreams streams;
    private final Map<String, WatchedStream> watched = new HashMap<>();

    /** The streams whose last watcher has left since {@link #takeLeft}: their idle time counts from then. */
    private Set<String> left = new HashSet<>();

    /** The streams of which Redis has lost something, until {@link #reportLost}. */
    private final Set<String> lost = new LinkedHashSet<>();

    WatchedStreams(TemplateSetup setup, ContextInternal context, TemplateScripts scripts) {
        this.setup = setup;
        this.context = context;
        this.scripts = scripts;
        this.loader = new StreamLoader(context);
        this.streams = new NamedStreams(setup.rules(), SteadyClock.INSTANCE);
    }

    /** As {@link io.sluice.log.TemplateLog#watch}; fails also if Redis is away and this node does not have the stream. */
    Future<NamedStream> watch(String name) {
        NamedStream named = streams.watch(name);
        WatchedStream known = watched.get(name);
        WatchedStream stream = known == null ? begin(named) : known;
        return stream.ready().map(named).onFailure(failure -> release(named));
    }

    private WatchedStream begin(NamedStream named) {
        WatchedStream stream = new WatchedStream(named, setup(named), scripts, loader, this);
        watched.put(named.name(), stream);
        return stream;
    }

    private LogSetup setup(NamedStream named) {
        return new LogSetup(
                context,
                setup.fullName(named.name()),
                setup.rules().history(),
                setup.rules().idempotency(),
                new CountingJournal(named.writer(), setup.appended()),
                NobodyLeads.INSTANCE);
    }

    /** As {@link io.sluice.log.TemplateLog#release}. */
    void release(NamedStream named) {
        streams.release(named);
        WatchedStream stream = watched.get(named.name());
        if (stream != null && stream.named() == named && !streams.isWatched(named.name())) {
            watched.remove(named.name());
            if (stream.isOpen()) {
                left.add(named.name());
            }
            stream.close();
        }
    }

    @Override
    public void deleted(NamedStream stream) {
        watched.remove(stream.name());
        streams.deleted(stream, false);
    }

    @Override
    public void lost(NamedStream stream) {
        lost.add(stream.name());
    }

    @Override
    public void forgotten(NamedStream stream) {
        lost(stream);
        streams.forgotten(stream);
    }

    /** One line for all streams of which Redis has lost something. */
    void reportLost() {
        if (!lost.isEmpty()) {
            LOG.warn(
                    "stream {}/*: Redis has lost events of {} streams that are read here ({}); who had them is told",
                    setup.template(),
                    lost.size(),
                    lost.stream().limit(NAMED).collect(Collectors.joining(", "))
                            + (lost.size() > NAMED ? ", ..." : ""));
            lost.clear();
        }
    }

    /** What their journals have. Any thread. */
    Held held() {
        return streams.held();
    }

    @Nullable
    WatchedStream find(String name) {
        return watched.get(name);
    }

    Collection<WatchedStream> all() {
        return Collections.unmodifiableCollection(watched.values());
    }

    /** The names that were left since the last call. */
    Set<String> takeLeft() {
        Set<String> names = left;
        left = new HashSet<>();
        return names;
    }

    /** Any thread. */
    boolean isWatched(String name) {
        return streams.isWatched(name);
    }

    /** As {@link io.sluice.log.TemplateLog#subscribers}. Any thread. */
    int subscribers(String name) {
        NamedStream stream = streams.find(name);
        return stream == null ? 0 : stream.subscribers();
    }

    // ---- what Redis says

    /** Takes entries of the feed. */
    void take(List<FeedEntry> entries) {
        Set<WatchedStream> changed = new LinkedHashSet<>();
        for (FeedEntry entry : entries) {
            WatchedStream stream = watched.get(entry.stream());
            if (stream != null) {
                stream.take(entry);
                changed.add(stream);
            }
        }
        changed.forEach(WatchedStream::flush);
    }

    /** The feed has lost something, or this node has: all are read again. */
    void reload() {
        watched.values().forEach(WatchedStream::reload);
    }

    /** Those are read again whose load has failed. */
    void retry() {
        watched.values().forEach(WatchedStream::retry);
    }

    void close() {
        watched.values().forEach(WatchedStream::close);
        watched.clear();
    }

    /** Every node writes to every stream. */
    private enum NobodyLeads implements Leadership {
        INSTANCE;

        @Override
        public Future<Void> lead() {
            return Future.succeededFuture();
        }

        @Override
        public Future<Void> stepDown() {
            return Future.succeededFuture();
        }
    }
}
