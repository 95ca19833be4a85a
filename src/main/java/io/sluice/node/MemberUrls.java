package io.sluice.node;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.MessageConsumer;
import java.time.Duration;
import java.util.Collection;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Where the members of a cluster serve. Each with the demo on tells its URL at an address of its own on the bus, to whoever asks. Any
 * thread.
 */
final class MemberUrls {

    private static final String ADDRESS = "sluice.member-url.";

    private static final int MAX_SEEN = 100;

    private static final DeliveryOptions PATIENCE = new DeliveryOptions().setSendTimeout(1000);

    /** A page asks every few seconds. */
    static final Duration FRESH = Duration.ofSeconds(2);

    /** @param nanos when it was asked */
    private record Answer(Future<Map<String, String>> urls, long nanos) {}

    private final Vertx vertx;
    private final String self;
    private final Supplier<List<String>> names;
    private final Duration fresh;
    /** The URLs of those that are there or were, the newest last. The page of a member that has died lives on in its browser. */
    private final Set<String> seen = Collections.synchronizedSet(new LinkedHashSet<>());

    private volatile @Nullable Answer last;
    private volatile @Nullable MessageConsumer<Object> questions;
    private volatile String own = "";

    /**
     * @param self the name of this member
     * @param names those of all members, this one among them
     * @param fresh for how long what was found is told again
     */
    MemberUrls(Vertx vertx, String self, Supplier<List<String>> names, Duration fresh) {
        this.vertx = vertx;
        this.self = self;
        this.names = names;
        this.fresh = fresh;
    }

    /** The name of this member. */
    String self() {
        return self;
    }

    /** The URL of this member; empty before it tells it. */
    String own() {
        return own;
    }

    /** Tells the URL of this member from now on. Completes when the others can ask. */
    Future<Void> tell(String url) {
        MessageConsumer<Object> consumer = vertx.eventBus().consumer(ADDRESS + self, question -> question.reply(url));
        questions = consumer;
        own = url;
        return consumer.completion();
    }

    /** The URLs by the names of the members; a member that tells none is not there. Never fails. */
    Future<Map<String, String>> all() {
        Answer answer = last;
        long now = System.nanoTime();
        if (answer == null || now - answer.nanos >= fresh.toNanos()) {
            answer = new Answer(ask(), now);
            last = answer;
        }
        return answer.urls;
    }

    private Future<Map<String, String>> ask() {
        List<String> members = names.get();
        List<Future<String>> urls = members.stream()
                .map(member -> vertx.eventBus()
                        .<String>request(ADDRESS + member, null, PATIENCE)
                        .map(reply -> Objects.requireNonNullElse(reply.body(), ""))
                        .otherwise(""))
                .toList();
        return Future.join(urls).map(all -> {
            Map<String, String> found = new LinkedHashMap<>();
            for (int i = 0; i < members.size(); i++) {
                String url = all.resultAt(i);
                if (!url.isEmpty()) {
                    found.put(members.get(i), url);
                }
            }
            remember(found.values());
            return found;
        });
    }

    private void remember(Collection<String> urls) {
        synchronized (seen) {
            seen.removeAll(urls);
            seen.addAll(urls);
            Iterator<String> oldest = seen.iterator();
            while (seen.size() > MAX_SEEN) {
                oldest.next();
                oldest.remove();
            }
        }
    }

    /** The URLs of the members that are there, and of those that were there since this one is. Never fails. */
    Future<List<String>> seen() {
        return all().map(there -> {
            synchronized (seen) {
                return List.copyOf(seen);
            }
        });
    }

    Future<Void> close() {
        MessageConsumer<Object> told = questions;
        return told == null ? Future.succeededFuture() : told.unregister();
    }
}
