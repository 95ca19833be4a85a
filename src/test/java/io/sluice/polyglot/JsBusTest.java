package io.sluice.polyglot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.log.NamedStreamInfo;
import io.sluice.stream.Signals;
import io.sluice.stream.StreamBus;
import io.sluice.stream.StreamTemplate;
import io.sluice.stream.TemplateOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.junit5.VertxExtension;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Messages that a script sends and gets: values of JavaScript in the script, of Java outside. */
@ExtendWith(VertxExtension.class)
// JUnit's beforeEach.
@SuppressWarnings("NullAway.Init")
class JsBusTest {

    @TempDir
    private Path directory;

    private Vertx vertx;
    private Scripts scripts;

    @BeforeEach
    void open(Vertx vertx) {
        this.vertx = vertx;
        scripts = new Scripts(vertx, directory);
    }

    /** The next message at {@code out}. */
    private Future<Message<Object>> next() {
        Promise<Message<Object>> next = Promise.promise();
        vertx.eventBus().consumer("out", next::tryComplete);
        return next.future();
    }

    private @Nullable Object published(String expression) throws IOException {
        Future<Message<Object>> next = next();
        scripts.deploy("vertx.eventBus().publish('out', " + expression + ");");
        return next.await().body();
    }

    @Test
    void objectsAndArraysArriveAsJson() throws Exception {
        assertEquals(new JsonObject("""
                        {"text": "é", "whole": 2, "long": 1099511627776, "half": 0.5, "yes": true, "none": null,
                         "list": [1, {"deep": []}], "when": "2026-11-23T00:00:00.000Z", "nan": null}
                        """), published("""
                        { text: 'é', whole: 4 / 2, long: 2 ** 40, half: 1 / 2, yes: true, none: null, gone: undefined,
                          list: [1, { deep: [] }], when: new Date(Date.UTC(2026, 10, 23)), nan: NaN }"""));
        assertEquals(new JsonArray("[1,2]"), published("[1, 2]"));
    }

    @ParameterizedTest
    @CsvSource({
        "7, java.lang.Integer, 7",
        "21 / 3, java.lang.Integer, 7",
        "-0, java.lang.Integer, 0",
        "2 ** 40, java.lang.Long, 1099511627776",
        "12n, java.lang.Integer, 12",
        "0.5, java.lang.Double, 0.5",
        "1e300, java.lang.Double, 1.0E300",
        "`text`, java.lang.String, text",
        "true, java.lang.Boolean, true",
    })
    void plainValuesKeepTheirKind(String expression, Class<?> type, String text) throws Exception {
        Object body = published(expression);
        assertInstanceOf(type, body);
        assertEquals(text, String.valueOf(body));
    }

    @ParameterizedTest
    @CsvSource({"null", "undefined", "NaN", "-Infinity"})
    void aValueThatJsonHasNotIsNull(String expression) throws Exception {
        assertNull(published(expression));
    }

    @ParameterizedTest
    @CsvSource({"'new Uint8Array([1, 65, 66]).subarray(1)'", "'new Uint8Array([65, 66]).buffer'"})
    void bytesArriveAsABuffer(String expression) throws Exception {
        assertEquals(Buffer.buffer("AB"), published(expression));
    }

    @Test
    void plainObjectsAreOptions() throws Exception {
        Future<Message<Object>> next = next();
        scripts.deploy("vertx.eventBus().publish('out', 'x', { headers: { type: 'price', topic: 'prices.eur' } });");
        assertEquals("price", next.await().headers().get("type"));
        assertEquals("prices.eur", next.await().headers().get("topic"));
    }

    private @Nullable Object answer(String expression, @Nullable Object body) throws IOException {
        String id = scripts.deploy("vertx.eventBus().consumer('in', message => message.reply(" + expression + "));");
        Object answer = vertx.eventBus().request("in", body).await().body();
        vertx.undeploy(id).await();
        return answer;
    }

    @Test
    void jsonArrivesAsPlainObjects() throws Exception {
        JsonObject body = new JsonObject("{\"a\": [1, {\"b\": null}], \"n\": 5}");
        assertEquals(
                new JsonObject("{\"keys\": [\"a\", \"n\"], \"array\": true, \"b\": null, \"n\": 6}"),
                answer("""
                        (body => ({ keys: Object.keys(body), array: Array.isArray(body.a), b: body.a[1].b, n: body.n + 1 }))
                            (message.body())""", body));
    }

    @Test
    void otherBodiesArriveAsWhatTheyAre() throws Exception {
        String type = "[typeof message.body(), String(message.body())].join()";
        assertEquals("string,text", answer(type, "text"));
        assertEquals("number,5", answer(type, 5));
        assertEquals("boolean,true", answer(type, true));
        assertEquals("object,null", answer(type, null));
        assertEquals("AB", answer("message.body().toString()", Buffer.buffer("AB")));
        assertEquals(Buffer.buffer("AB"), answer("message.body()", Buffer.buffer("AB")));
    }

    @Test
    void headersAreThere() throws Exception {
        scripts.deploy("""
                vertx.eventBus().consumer('in', message => message.reply(message.headers().get('topic') + message.address()));
                """);
        assertEquals(
                "prices.eur" + "in",
                vertx.eventBus()
                        .request("in", "", new DeliveryOptions().addHeader("topic", "prices.eur"))
                        .await()
                        .body());
    }

    @Test
    void aRequestIsAwaited() throws Exception {
        vertx.eventBus()
                .<JsonObject>consumer(
                        "java", message -> message.reply(message.body().put("seen", true)));
        Future<Message<Object>> next = next();
        scripts.deploy("""
                const reply = await vertx.eventBus().request('java', { n: 1 });
                vertx.eventBus().send('out', reply.body());
                """);
        assertEquals(new JsonObject("{\"n\": 1, \"seen\": true}"), next.await().body());
    }

    @Test
    void aRequestThatFailsThrows() throws Exception {
        vertx.eventBus().consumer("java", message -> message.fail(422, "not like this"));
        Future<Message<Object>> next = next();
        scripts.deploy("""
                try {
                  await vertx.eventBus().request('java', {});
                } catch (error) {
                  vertx.eventBus().send('out', [error instanceof Error, error.message, error.cause.failureCode()]);
                }
                """);
        assertEquals(
                new JsonArray("[true, \"not like this\", 422]"), next.await().body());
    }

    @Test
    void aScriptCanRefuseARequest() throws Exception {
        scripts.deploy("vertx.eventBus().consumer('in', message => message.fail(404, 'nobody'));");
        ReplyException failure = assertThrows(
                ReplyException.class, () -> vertx.eventBus().request("in", "").await());
        assertEquals(404, failure.failureCode());
        assertEquals("nobody", failure.getMessage());
    }

    @Test
    void aScriptHearsASignal() throws Exception {
        Future<Message<Object>> next = next();
        scripts.deploy("""
                vertx.eventBus().consumer('sluice.signals.chat', signal => {
                  const { after } = signal.body();
                  vertx.eventBus().send('out', [signal.headers().get('stream'), signal.headers().get('signal'), after]);
                });
                """);
        Signals.of(vertx)
                .send("chat/42", "stop", new JsonObject().put("after", 7))
                .await();
        assertEquals(new JsonArray("[\"chat/42\", \"stop\", 7]"), next.await().body());
    }

    @Test
    void aScriptPublishesToAStreamThatItNames() throws Exception {
        StreamTemplate chat =
                StreamTemplate.open(vertx, "chat", TemplateOptions.DEFAULT).await();
        StreamBus.of(vertx, List.of(), List.of(chat)).register().await();
        Future<Message<Object>> next = next();
        scripts.deploy("""
                const bus = vertx.eventBus();
                bus.publish('sluice', { token: 'Hi' }, { headers: { stream: 'chat/42' } });
                const last = await bus.request('sluice', null, { headers: { stream: 'chat/42', end: 'true' } });
                bus.send('out', last.body());
                """);
        assertTrue(
                String.valueOf(next.await().body()).endsWith("-1"), next.await().body()::toString);
        NamedStreamInfo stream = chat.list(null, 2).await().get(0);
        assertEquals("42", stream.name());
        assertTrue(stream.ended());
    }

    @Test
    void aConsumerEndsWhenItIsTold() throws Exception {
        Future<Message<Object>> next = next();
        scripts.deploy("""
                const consumer = vertx.eventBus().consumer('in');
                consumer.handler(async message => {
                  await consumer.unregister();
                  vertx.eventBus().send('out', consumer.isRegistered());
                });
                """);
        vertx.eventBus().send("in", "");
        assertEquals(false, next.await().body());
    }

    @Test
    void timersTickAndAreCancelled() throws Exception {
        Future<Message<Object>> next = next();
        scripts.deploy("""
                let ticks = 0;
                const timer = vertx.setPeriodic(1, id => {
                  if (++ticks === 3) {
                    const cancelled = vertx.cancelTimer(timer);
                    vertx.setTimer(1, () => vertx.eventBus().send('out', [ticks, cancelled, id === timer]));
                  }
                });
                """);
        assertEquals(new JsonArray("[3, true, true]"), next.await().body());
    }

    @Test
    void theRestOfJavaIsThere() throws Exception {
        Future<Message<Object>> next = next();
        scripts.deploy("""
                const Instant = Java.type('java.time.Instant');
                vertx.eventBus().send('out', Instant.ofEpochMilli(0).toString());
                """);
        assertEquals("1970-01-01T00:00:00Z", next.await().body());
    }

    @Test
    void otherVerticlesAreDeployedWithAConfiguration() throws Exception {
        String other = scripts.write("other.js", "vertx.eventBus().send('out', config);");
        Future<Message<Object>> next = next();
        scripts.deploy("await vertx.deployVerticle('" + other + "', { config: { a: [1] } });");
        assertEquals(new JsonObject("{\"a\": [1]}"), next.await().body());
    }
}
