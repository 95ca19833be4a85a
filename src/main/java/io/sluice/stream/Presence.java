package io.sluice.stream;

import io.sluice.log.OpenersContext;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.json.JsonObject;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Tells the bus how many subscribers the streams have at this node, so that producers know whether anybody listens.
 *
 * <pre>{@code
 * chats.addListener(Presence.of(vertx, null));
 * vertx.eventBus().<JsonObject>consumer("sluice.presence.chat", message -> {
 *     if (message.body().getInteger("subscribers") == 0) {
 *         stopAnswering(message.body().getString("stream"));
 *     }
 * });
 * }</pre>
 *
 * <p>A message is published at {@code sluice.presence.<stream or template>}, in the whole cluster: {@code {"stream": "chat/42",
 * "subscribers": 1, "node": "..."}}. It comes at once when the number goes from 0 up or down to 0, and otherwise once a second at
 * most. Those about one stream come in the order in which the numbers were. A node that dies tells nothing any more.
 *
 * <p>Who comes later, or wants to know whether those who told are still there, publishes the name of a stream at {@value #ASK}: each node
 * that has subscribers of it tells their number once more.
 *
 * <p>Add it to any number of streams and templates. Any thread.
 */
public final class Presence implements StreamListener {

    /** Where those ask who want to be told of a stream, whose name is the message. */
    public static final String ASK = "sluice.ask.presence";

    private static final long ROUND_MILLIS = 1000;

    /** The streams that are told of in one turn of the event loop: it has clients to serve, too. */
    private static final int MOST_AT_ONCE = 200;

    private static final long NONE = -1;

    private final ContextInternal context;
    private final @Nullable String node;
    private final MessageConsumer<Object> questions;

    /** The numbers that the context has not seen yet. Any thread. */
    private final Map<String, Integer> changed = new ConcurrentHashMap<>();

    // On the context only:
    /** The number that was told last, unless it is 0. */
    private final Map<String, Integer> told = new HashMap<>();

    /** The numbers that are told in the next round. */
    private final Map<String, Integer> waiting = new LinkedHashMap<>();

    /** The streams of this round that are still to be told of. */
    private final Queue<String> due = new ArrayDeque<>();

    private long timer = NONE;
    private boolean closed;

    private Presence(ContextInternal context, @Nullable String node) {
        this.context = context;
        this.node = node;
        this.questions = context.owner()
                .eventBus()
                .consumer(ASK, question -> context.runOnContext(v -> answer(question.body())));
    }

    /**
     * Tells the bus of the streams to which it is added as a listener.
     *
     * @param node the name of this node for those who listen, or null
     */
    public static Presence of(Vertx vertx, @Nullable String node) {
        return new Presence(OpenersContext.of(vertx), node);
    }

    @Override
    public void subscribers(String stream, int now) {
        if (changed.put(stream, now) == null) {
            context.runOnContext(v -> look(stream));
        }
    }

    private void look(String stream) {
        Integer now = changed.remove(stream);
        if (now == null || closed) {
            return;
        }
        waiting.remove(stream);
        int before = told.getOrDefault(stream, 0);
        if (before == 0 || now == 0) {
            tell(stream, now);
        } else if (now != before) {
            waiting.put(stream, now);
            if (timer == NONE) {
                timer = context.setTimer(ROUND_MILLIS, id -> round());
            }
        }
    }

    private void round() {
        due.addAll(waiting.keySet());
        tellDue();
    }

    private void tellDue() {
        for (int i = 0; i < MOST_AT_ONCE && !due.isEmpty(); i++) {
            String stream = due.remove();
            Integer now = waiting.remove(stream);
            if (now != null) {
                tell(stream, now);
            }
        }
        if (!due.isEmpty()) {
            timer = context.setTimer(1, id -> tellDue());
        } else {
            timer = waiting.isEmpty() ? NONE : context.setTimer(ROUND_MILLIS, id -> round());
        }
    }

    private void tell(String stream, int now) {
        Integer before = now == 0 ? told.remove(stream) : told.put(stream, now);
        if (now != (before == null ? 0 : before)) {
            send(stream, now);
        }
    }

    private void send(String stream, int now) {
        JsonObject message =
                new JsonObject().put("stream", stream).put("subscribers", now).put("node", node);
        context.owner().eventBus().publish(address(stream), message);
    }

    private void answer(@Nullable Object stream) {
        Integer now = stream instanceof String name && !closed ? told.get(name) : null;
        if (now != null) {
            send(String.valueOf(stream), now);
        }
    }

    private static String address(String stream) {
        int slash = stream.indexOf('/');
        return "sluice.presence." + (slash < 0 ? stream : stream.substring(0, slash));
    }

    /** Tells nothing any more. What has changed before is told, unless it waits for its second. */
    public Future<Void> close() {
        Promise<Void> done = context.owner().getOrCreateContext().promise();
        context.runOnContext(v -> {
            closed = true;
            context.owner().cancelTimer(timer);
            done.complete();
        });
        return Future.join(done.future(), questions.unregister()).mapEmpty();
    }
}
