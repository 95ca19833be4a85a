package io.sluice.polyglot;

import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.MessageConsumerOptions;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Objects;
import java.util.function.Function;
import org.graalvm.polyglot.Context;
import org.graalvm.polyglot.HostAccess;
import org.graalvm.polyglot.Value;
import org.graalvm.polyglot.proxy.ProxyExecutable;
import org.jspecify.annotations.Nullable;

/**
 * Converts values between Java and JavaScript. JSON is JSON on both sides: a plain object becomes a JsonObject, an array a
 * JsonArray, any other object the result of {@code JSON.stringify}. Bytes become a Buffer, a Future becomes a Promise and the
 * reverse, another object of Vert.x a {@link VertxObject}, a function a {@link Callback}. GraalJS converts the rest. Event loop
 * only.
 */
final class Conversion {

    /** Scripts have the rights of the node, so they use everything public. A plain object becomes the options of Vert.x. */
    static final HostAccess HOST_ACCESS = withOptions(HostAccess.newBuilder(HostAccess.ALL))
            .targetTypeMapping(String.class, HttpMethod.class, name -> true, HttpMethod::valueOf)
            .build();

    private final Script script;
    private final Context context;
    private final Prelude prelude;

    Conversion(Script script, Context context, Prelude prelude) {
        this.script = script;
        this.context = context;
        this.prelude = prelude;
    }

    private static HostAccess.Builder withOptions(HostAccess.Builder access) {
        option(access, DeliveryOptions.class, DeliveryOptions::new);
        option(access, DeploymentOptions.class, DeploymentOptions::new);
        option(access, MessageConsumerOptions.class, MessageConsumerOptions::new);
        option(access, HttpClientOptions.class, HttpClientOptions::new);
        option(access, HttpServerOptions.class, HttpServerOptions::new);
        option(access, RequestOptions.class, RequestOptions::new);
        return access;
    }

    private static <T> void option(HostAccess.Builder access, Class<T> type, Function<JsonObject, T> made) {
        access.targetTypeMapping(JsonObject.class, type, json -> true, made);
    }

    // ---- to the script

    /** Converts the answer of a call of Java. */
    @Nullable
    Object toScript(Value answer) {
        return answer.isHostObject() ? toScript(answer.<Object>asHostObject()) : answer;
    }

    @Nullable
    Object toScript(@Nullable Object value) {
        if (value instanceof JsonObject || value instanceof JsonArray) {
            return prelude.parse(Json.encode(value));
        } else if (value instanceof Future<?> future) {
            return toPromise(future);
        } else if (value != null && value.getClass().getName().startsWith("io.vertx.")) {
            return new VertxObject(value, context.asValue(value), this);
        }
        return value;
    }

    private Value toPromise(Future<?> future) {
        return prelude.promise(functions -> {
            future.onComplete(
                    value -> script.later("a promise", () -> functions[0].executeVoid(toScript(value))),
                    failure -> script.later("a promise", () -> functions[1].executeVoid(reason(failure), failure)));
            return null;
        });
    }

    private static String reason(Throwable failure) {
        return Objects.requireNonNullElseGet(failure.getMessage(), failure::toString);
    }

    // ---- to Java

    @Nullable
    Object toJava(Value value) {
        if (value.isNull()) {
            return null;
        } else if (value.isProxyObject() && value.asProxyObject() instanceof VertxObject object) {
            return object.target();
        } else if (value.isHostObject() || value.isString() || value.isBoolean()) {
            return value;
        } else if (value.isNumber()) {
            return number(value);
        } else if (value.canExecute()) {
            return new Callback(script, value, this);
        }
        return encoded(prelude.encode(value));
    }

    /** A number of JSON: a whole one is whole, however it was computed, and none is negative zero, infinite or NaN. */
    private static @Nullable Object number(Value value) {
        if (value.fitsInInt()) {
            return value.asInt();
        } else if (value.fitsInLong()) {
            return value.asLong();
        } else if (!value.fitsInDouble()) {
            // A BigInt.
            return value;
        }
        double number = value.asDouble();
        return number == 0 ? (Object) 0 : Double.isFinite(number) ? number : null;
    }

    private @Nullable Object encoded(Value value) {
        if (value.isNull()) {
            return null;
        } else if (value.isString()) {
            return Json.decodeValue(value.asString());
        } else if (value.hasBufferElements()) {
            byte[] bytes = new byte[Math.toIntExact(value.getBufferSize())];
            value.readBuffer(0, bytes, 0, bytes.length);
            return Buffer.buffer(bytes);
        }
        return settled(value).map(this::toJava);
    }

    /** Completes with the value, or, if it is a promise, with the promise's outcome. */
    Future<Value> settled(Value value) {
        if (!value.canInvokeMember("then")) {
            return Future.succeededFuture(value);
        }
        Promise<Value> settled = Promise.promise();
        value.invokeMember(
                "then",
                (ProxyExecutable) answer -> {
                    settled.complete(answer[0]);
                    return null;
                },
                (ProxyExecutable) answer -> {
                    settled.fail(failure(answer[0]));
                    return null;
                });
        return settled.future();
    }

    private RuntimeException failure(Value reason) {
        if (!reason.isException()) {
            return new ScriptException(prelude.text(reason));
        }
        try {
            return reason.throwException();
        } catch (RuntimeException e) {
            return e;
        }
    }

    String text(Value value) {
        return prelude.text(value);
    }
}
