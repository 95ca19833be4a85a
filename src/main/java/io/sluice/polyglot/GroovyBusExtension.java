package io.sluice.polyglot;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageProducer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.Serializable;
import java.util.Collection;
import java.util.Map;

/**
 * Makes JSON of the maps, lists and interpolated texts that a Groovy script puts on the bus, as {@code [price: 1.09]}. The bus
 * itself serializes them as Java objects, which no other language reads, and refuses them in a cluster.
 *
 * <p>Groovy takes these methods for methods of the bus: {@code META-INF/groovy} names this class. It calls them for a body that
 * is {@link Serializable}, since that is more specific than the {@code Object} of the bus's own methods; a map, a list and a
 * {@code GString} are, a JsonObject is not. Only code on the context of a {@link GroovyVerticle} gets JSON, so that other Groovy
 * code in the same application keeps the bus as it is.
 */
public final class GroovyBusExtension {

    private static final Object IS_SCRIPT = new Object();

    private GroovyBusExtension() {}

    /** Makes the context that of a script. */
    static void enable(Context context) {
        context.put(IS_SCRIPT, true);
    }

    public static EventBus publish(EventBus bus, String address, Serializable body) {
        return bus.publish(address, body(body));
    }

    public static EventBus publish(EventBus bus, String address, Serializable body, DeliveryOptions options) {
        return bus.publish(address, body(body), options);
    }

    public static EventBus send(EventBus bus, String address, Serializable body) {
        return bus.send(address, body(body));
    }

    public static EventBus send(EventBus bus, String address, Serializable body, DeliveryOptions options) {
        return bus.send(address, body(body), options);
    }

    public static Future<Message<Object>> request(EventBus bus, String address, Serializable body) {
        return bus.request(address, body(body));
    }

    public static Future<Message<Object>> request(
            EventBus bus, String address, Serializable body, DeliveryOptions options) {
        return bus.request(address, body(body), options);
    }

    public static Future<Void> write(MessageProducer<Object> producer, Serializable body) {
        return producer.write(body(body));
    }

    public static void reply(Message<?> message, Serializable body) {
        message.reply(body(body));
    }

    public static void reply(Message<?> message, Serializable body, DeliveryOptions options) {
        message.reply(body(body), options);
    }

    public static Future<Message<Object>> replyAndRequest(Message<?> message, Serializable body) {
        return message.replyAndRequest(body(body));
    }

    public static Future<Message<Object>> replyAndRequest(
            Message<?> message, Serializable body, DeliveryOptions options) {
        return message.replyAndRequest(body(body), options);
    }

    private static Object body(Object body) {
        Context context = Vertx.currentContext();
        return context != null && context.get(IS_SCRIPT) != null ? json(body) : body;
    }

    private static Object json(Object value) {
        if (value instanceof Map<?, ?> map) {
            JsonObject object = new JsonObject();
            map.forEach((name, member) -> object.put(String.valueOf(name), json(member)));
            return object;
        } else if (value instanceof Collection<?> elements) {
            JsonArray array = new JsonArray();
            elements.forEach(element -> array.add(json(element)));
            return array;
        }
        return value instanceof CharSequence text ? text.toString() : value;
    }
}
