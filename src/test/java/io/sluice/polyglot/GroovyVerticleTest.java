package io.sluice.polyglot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import groovy.lang.Binding;
import groovy.lang.GroovyShell;
import io.sluice.testing.cluster.InJvmCluster;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.Message;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonObject;
import io.vertx.junit5.VertxExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Scripts in Groovy, their messages, and their failures. */
@ExtendWith(VertxExtension.class)
@Timeout(60)
// JUnit's beforeEach.
@SuppressWarnings("NullAway.Init")
class GroovyVerticleTest {

    @TempDir
    private Path directory;

    private Vertx vertx;

    @BeforeEach
    void open(Vertx vertx) {
        this.vertx = vertx;
    }

    private String write(String text) throws IOException {
        return "groovy:" + Files.writeString(directory.resolve("Script.groovy"), text);
    }

    @Test
    void aScriptHasVertxAndItsConfiguration() throws Exception {
        Promise<Object> said = Promise.promise();
        vertx.eventBus().consumer("out", message -> said.complete(message.body()));
        vertx.deployVerticle(
                        write("vertx.eventBus().publish('out', vertx.orCreateContext.config().getInteger('n') + 1)"),
                        new DeploymentOptions().setConfig(new JsonObject().put("n", 1)))
                .await();
        assertEquals(2, said.future().await());
    }

    @Test
    void undeployingCallsVertxStop() throws Exception {
        Promise<Object> said = Promise.promise();
        vertx.eventBus().consumer("out", message -> said.complete(message.body()));
        String id = vertx.deployVerticle(write("def vertxStop() { vertx.eventBus().publish('out', 'stopped') }"))
                .await();
        vertx.undeploy(id).await();
        assertEquals("stopped", said.future().await());
    }

    /** The bus took them for Java objects, which a stream refused with a warning. */
    @ParameterizedTest
    @CsvSource(delimiterString = "=>", quoteCharacter = '\0', textBlock = """
            [price: 1.09, pair: "EUR/${'USD'}", at: [1, null, true], of: [:]] => {"price":1.09,"pair":"EUR/USD","at":[1,null,true],"of":{}}
            [1: 'whole', ("text ${1}"): 'interpolated']  => {"1":"whole","text 1":"interpolated"}
            ['a', [b: "c${1}"], 1..3]                    => ["a",{"b":"c1"},[1,2,3]]
            [1, 2].collect { [n: it] }                   => [{"n":1},{"n":2}]
            [1, 2] as Set                                => [1,2]
            [:]                                          => {}
            []                                           => []
            "1 + 1 = ${1 + 1}"                           => "1 + 1 = 2"
            'text'                                       => "text"
            1.5d                                         => 1.5
            new io.vertx.core.json.JsonObject([a: 1])    => {"a":1}
            null                                         => null
            """)
    void aMapOrListOnTheBusIsJson(String body, String json) throws Exception {
        String script = """
                def body = %s
                def options = new io.vertx.core.eventbus.DeliveryOptions().addHeader('h', '1')
                def bus = vertx.eventBus()
                bus.publish('out', body)
                bus.publish('out', body, options)
                bus.send('out', body)
                bus.send('out', body, options)
                bus.request('out', body)
                bus.request('out', body, options)
                bus.publisher('out').write(body)
                """.formatted(body);
        assertEquals(Collections.nCopies(7, json), heard(vertx, vertx, script, 7));
    }

    @Test
    void aMapInAnAnswerIsJson() throws Exception {
        vertx.deployVerticle(write("""
                        vertx.eventBus().consumer('in') { message ->
                          message.replyAndRequest([first: 1]).onSuccess { it.reply([second: 2]) }
                        }
                        """)).await();
        Message<Object> first = vertx.eventBus().request("in", 0).await();
        assertEquals(JsonObject.of("first", 1), first.body());
        assertEquals(
                JsonObject.of("second", 2), first.replyAndRequest(0).await().body());
    }

    /** The bus of a cluster refused it: "No message codec for type: class java.util.LinkedHashMap". */
    @Test
    void aMapReachesTheOtherNodesOfACluster() throws Exception {
        try (InJvmCluster cluster = new InJvmCluster()) {
            assertEquals(
                    List.of("{\"price\":1.09,\"pair\":\"EUR/USD\"}"),
                    heard(
                            cluster.join(),
                            cluster.join(),
                            "vertx.eventBus().publish('out', [price: 1.09, pair: \"EUR/${'USD'}\"])",
                            1));
        }
    }

    /** The bodies that a consumer gets from a script, as JSON. */
    private List<String> heard(Vertx consumer, Vertx producer, String script, int count) throws Exception {
        BlockingQueue<String> heard = new LinkedBlockingQueue<>();
        consumer.eventBus()
                .consumer("out", message -> heard.add(json(message.body())))
                .completion()
                .await();
        producer.deployVerticle(write(script)).await();
        List<String> taken = new ArrayList<>();
        while (taken.size() < count) {
            taken.add(heard.take());
        }
        return taken;
    }

    private static String json(Object body) {
        assertFalse(body instanceof Map || body instanceof Collection, "a Java object: " + body);
        return Json.encode(body);
    }

    @Test
    void aMapOfOtherGroovyCodeStaysAMap() throws Exception {
        Promise<Object> heard = Promise.promise();
        vertx.eventBus().consumer("out", message -> heard.tryComplete(message.body()));
        new GroovyShell(new Binding(Map.of("vertx", vertx))).evaluate("vertx.eventBus().publish('out', [a: 1])");
        assertEquals(Map.of("a", 1), heard.future().await());
    }

    @ParameterizedTest
    @CsvSource(delimiterString = "=>", textBlock = """
            \\nnobody.call()          => Script.groovy:2: groovy.lang.MissingPropertyException: No such property: nobody for class: Script
            \\n\\n  def = ;             => Script.groovy:3: Unexpected input: 'def =' @ line 3, column 7.
            \\nthrow new IOException('x') => Script.groovy:2: java.io.IOException: x
            def vertxStart() {\\n nobody.call() } => Script.groovy:2: groovy.lang.MissingPropertyException: No such property: nobody for class: Script
            """)
    void aFailureAtTheStartNamesFileAndLine(String script, String line) throws Exception {
        assertEquals(line, refused(vertx.deployVerticle(write(script.replace("\\n", "\n")))));
    }

    @Test
    void aMissingScriptNamesThePlacesOfTheSearch() {
        assertEquals(
                "no such file: expected in the working directory, " + System.getProperty("user.dir")
                        + ", or in the class path",
                refused(vertx.deployVerticle("groovy:no/Such.groovy")));
    }

    private String refused(Future<String> deployed) {
        Throwable failure = assertThrows(ScriptException.class, deployed::await);
        return String.valueOf(failure.getMessage()).replace(directory + "/", "");
    }
}
