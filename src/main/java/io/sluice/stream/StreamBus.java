package io.sluice.stream;

import io.sluice.log.OpenersContext;
import io.sluice.log.Receipt;
import io.sluice.log.TopicRules;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The bus' door to streams by name: a consumer at {@value #ADDRESS} for all streams, and one at each address of a template. A message
 * names its stream in the header {@code stream}: {@code chat/42}, or {@code events} for a declared one.
 *
 * <pre>{@code
 * StreamBus.of(vertx, List.of(), List.of(chats)).register()
 *     .compose(v -> vertx.eventBus().request("sluice", token, new DeliveryOptions().addHeader("stream", "chat/42")));
 * }</pre>
 *
 * <p>The topic is that of the header {@code topic}; without it the address, and at {@value #ADDRESS} the name of the template or of
 * the declared stream. The header {@code end: true} ends the stream with the event, or without one if the body is null or empty.
 * A request is answered with the event's id, or a failure code of {@link PublishFailure}.
 *
 * <p>One node of a cluster registers: messages that are published reach every consumer, and would be taken twice. What it publishes
 * is in the streams of all nodes. Any thread.
 */
public final class StreamBus {

    /** Where messages for all streams are taken. */
    public static final String ADDRESS = "sluice";

    private final ContextInternal context;
    private final List<BusAddress> addresses = new ArrayList<>();

    private StreamBus(Vertx vertx, List<EventStream> streams, List<StreamTemplate> templates) {
        // Messages of all addresses are taken in the order in which they come.
        this.context = OpenersContext.of(vertx);
        addresses.add(new BusAddress(vertx, "streams by name", ADDRESS, new Directory(streams, templates, null)));
        byAddress(templates)
                .forEach((address, taking) -> addresses.add(
                        new BusAddress(vertx, owner(taking), address, new Directory(List.of(), taking, address))));
    }

    private static Map<String, List<StreamTemplate>> byAddress(List<StreamTemplate> templates) {
        Map<String, List<StreamTemplate>> taking = new LinkedHashMap<>();
        for (StreamTemplate template : templates) {
            template.options().addresses().forEach(address -> taking.computeIfAbsent(address, key -> new ArrayList<>())
                    .add(template));
        }
        return taking;
    }

    private static String owner(List<StreamTemplate> templates) {
        return templates.stream()
                .map(template -> "streams " + template.fullName("*"))
                .collect(Collectors.joining(", "));
    }

    /** The door to some streams and templates, which takes nothing yet. */
    public static StreamBus of(Vertx vertx, List<EventStream> streams, List<StreamTemplate> templates) {
        return new StreamBus(vertx, List.copyOf(streams), List.copyOf(templates));
    }

    /** Takes messages from now on. Completes when every node of a cluster knows of it. */
    public Future<Void> register() {
        return each(BusAddress::register)
                .recover(failure -> unregister().transform(unregistered -> Future.failedFuture(failure)));
    }

    /** Takes no more messages. May be registered again. */
    public Future<Void> unregister() {
        return each(BusAddress::unregister);
    }

    private Future<Void> each(Function<BusAddress, Future<Void>> change) {
        Promise<Void> done = context.owner().getOrCreateContext().promise();
        context.runOnContext(v -> Future.join(addresses.stream().map(change).toList())
                .<Void>mapEmpty()
                .onComplete(done));
        return done.future();
    }

    /** The streams that can be named at one address. */
    private static final class Directory implements BusAddress.Taker {

        private final Map<String, EventStream> streams = new TreeMap<>();
        private final Map<String, StreamTemplate> templates = new TreeMap<>();
        private final @Nullable String topic;

        /** @param topic of events that name none, or null for the name of their template or declared stream */
        Directory(List<EventStream> streams, List<StreamTemplate> templates, @Nullable String topic) {
            streams.forEach(stream -> this.streams.put(stream.name(), stream));
            templates.forEach(template -> this.templates.put(template.name(), template));
            this.topic = topic;
        }

        @Override
        public Future<Receipt> publish(BusMessage message) {
            String name = message.stream();
            EventStream declared = name == null ? null : streams.get(name);
            if (declared != null) {
                return declared.publish(message.eventOrEnd(topic(declared.name())));
            }
            StreamTemplate template = template(name);
            if (name == null || template == null) {
                throw new IllegalArgumentException(unknown(name));
            }
            String stream = name.substring(template.name().length() + 1);
            return template.publish(stream, message.eventOrEnd(topic(template.name())));
        }

        private String topic(String declared) {
            return topic == null ? declared : topic;
        }

        private @Nullable StreamTemplate template(@Nullable String name) {
            int slash = name == null ? -1 : name.indexOf('/');
            return name == null || slash < 0 ? null : templates.get(name.substring(0, slash));
        }

        private String unknown(@Nullable String name) {
            String found = name == null ? "no header stream" : "header stream \"" + TopicRules.visible(name) + '"';
            return found + ": expected the name of a stream, "
                    + Stream.concat(
                                    templates.values().stream().map(template -> template.fullName("<name>")),
                                    streams.keySet().stream())
                            .collect(Collectors.joining(" or "));
        }

        @Override
        public @Nullable StreamListener listener(BusMessage message) {
            String name = message.stream();
            EventStream declared = name == null ? null : streams.get(name);
            if (declared != null) {
                return declared.listener();
            }
            StreamTemplate template = template(name);
            return template == null ? null : template.listener();
        }
    }
}
