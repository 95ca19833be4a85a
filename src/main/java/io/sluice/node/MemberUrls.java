package io.sluice.node;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.MessageConsumer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Where the members of a cluster serve. Each with the demo on tells its URL at an address of its own on the bus, to whoever asks. Any
 * thread.
 */
final class MemberUrls {

    private static final String ADDRESS = "sluice.member-url.";

    private static final DeliveryOptions PATIENCE = new DeliveryOptions().setSendTimeout(1000);

    /** What was found is told again for this time: a page asks every few seconds. */
    private static final long FRESH_NANOS = TimeUnit.SECONDS.toNanos(2);

    /** @param nanos when it was asked */
    private record Answer(Future<Map<String, String>> urls, long nanos) {}

    private final Vertx vertx;
    private final String self;
    private final Supplier<List<String>> names;
    private volatile @Nullable Answer last;
    private volatile @Nullable MessageConsumer<Object> questions;

    /**
     * @param self the name of this member
     * @param names those of all members, this one among them
     */
    MemberUrls(Vertx vertx, String self, Supplier<List<String>> names) {
        this.vertx = vertx;
        this.self = self;
        this.names = names;
    }

    /** The name of this member. */
    String self() {
        return self;
    }

    /** Tells the URL of this member from now on. Completes when the others can ask. */
    Future<Void> tell(String url) {
        MessageConsumer<Object> consumer = vertx.eventBus().consumer(ADDRESS + self, question -> question.reply(url));
        questions = consumer;
        return consumer.completion();
    }

    /** The URLs by the names of the members; a member that tells none is not there. Never fails. */
    Future<Map<String, String>> all() {
        Answer answer = last;
        long now = System.nanoTime();
        if (answer == null || now - answer.nanos > FRESH_NANOS) {
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
            return found;
        });
    }

    Future<Void> close() {
        MessageConsumer<Object> told = questions;
        return told == null ? Future.succeededFuture() : told.unregister();
    }
}
