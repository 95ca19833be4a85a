package io.sluice.polyglot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.testing.CapturedOutput;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A script's life: its file, its start and stop, its failures. */
@SuppressWarnings("NullAway.Init") // JUnit's beforeEach
class JsVerticleTest {

    /** The property of the JVM that ends a script that spins. */
    private static final String GO = "sluice.test.go";

    private static final String SPIN =
            "const gate = Java.type('java.lang.Boolean'); while (!gate.getBoolean('" + GO + "'));";

    @TempDir
    private Path directory;

    private Vertx vertx;
    private Scripts scripts;
    private CapturedOutput log;
    private BlockingQueue<Object> heard;

    @BeforeEach
    void open() {
        System.clearProperty(GO);
        log = new CapturedOutput();
        // Its check of blocked threads would name the scripts that block on purpose.
        vertx = Vertx.vertx(
                new VertxOptions().setMaxEventLoopExecuteTime(1).setMaxEventLoopExecuteTimeUnit(TimeUnit.HOURS));
        scripts = new Scripts(vertx, directory);
        heard = new LinkedBlockingQueue<>();
        vertx.eventBus().consumer("out", message -> heard.add(message.body()));
    }

    @AfterEach
    void close() {
        System.setProperty(GO, "true");
        vertx.close().await();
        log.close();
    }

    private Object next() throws InterruptedException {
        Object body = heard.poll(30, TimeUnit.SECONDS);
        return body == null ? "nothing in 30 s" : body;
    }

    private String logged() {
        return log.text().replace(directory + "/", "");
    }

    // ---- start and stop

    @Test
    void theConfigurationIsAPlainObject() throws Exception {
        scripts.deploy(
                "vertx.eventBus().send('out', [config.list.length, Object.keys(config)]);",
                new JsonObject("{\"list\": [1, 2], \"text\": \"x\"}"));
        assertEquals(new JsonArray("[2, [\"list\", \"text\"]]"), next());
    }

    @Test
    void deploymentWaitsForVertxStart() throws Exception {
        vertx.eventBus()
                .consumer(
                        "slow",
                        message -> vertx.setTimer(100, timer -> {
                            heard.add("replied");
                            message.reply("");
                        }));
        scripts.deploy("export async function vertxStart() { await vertx.eventBus().request('slow', ''); }");
        assertEquals("replied", heard.peek());
    }

    @Test
    void deploymentWaitsForAnAwaitAtTheTop() throws Exception {
        scripts.deploy("""
                await vertx.timer(100);
                vertx.eventBus().publish('out', 'top');
                export const vertxStart = () => vertx.eventBus().publish('out', 'start');
                """);
        assertEquals(List.of("top", "start"), List.of(next(), next()));
    }

    @Test
    void undeployingWaitsForVertxStopAndEndsTimers() throws Exception {
        String id = scripts.deploy("""
                vertx.setPeriodic(1, () => vertx.eventBus().publish('ticks', 1));
                export async function vertxStop() {
                  await vertx.timer(100);
                  vertx.eventBus().publish('out', 'stopped');
                }
                """);
        vertx.undeploy(id).await();
        assertEquals("stopped", next());
        Promise<Void> silence = Promise.promise();
        vertx.eventBus().consumer("ticks", tick -> silence.tryFail("a tick after the end"));
        vertx.timer(50).onSuccess(v -> silence.tryComplete());
        silence.future().await();
        assertEquals("", log.text());
    }

    @Test
    void aScriptIsRedeployedAsItIsThen() throws Exception {
        vertx.undeploy(scripts.deploy("vertx.eventBus().publish('out', 1);")).await();
        vertx.undeploy(scripts.deploy("vertx.eventBus().publish('out', 2);")).await();
        assertEquals(List.of(1, 2), List.of(next(), next()));
    }

    @Test
    void instancesShareNothing() throws Exception {
        String verticle = scripts.write(
                "script.js", "globalThis.seen = (globalThis.seen ?? 0) + 1; vertx.eventBus().publish('out', seen);");
        vertx.deployVerticle(verticle, new DeploymentOptions().setInstances(3)).await();
        assertEquals(List.of(1, 1, 1), List.of(next(), next(), next()));
    }

    @Test
    void aStartThatIsGivenUpLeavesNothing() throws Exception {
        Promise<Void> started = Promise.promise();
        // Never replies.
        vertx.eventBus().consumer("slow", message -> started.complete());
        String verticle = scripts.write("script.js", """
                vertx.setPeriodic(1, () => vertx.eventBus().publish('ticks', 1));
                await vertx.eventBus().request('slow', '', { sendTimeout: 200 });
                """);
        Future<String> deployed = vertx.deployVerticle(verticle);
        started.future().await();
        vertx.close().await();
        assertFalse(deployed.succeeded());
        assertEquals("", log.text());
    }

    @Test
    void aReplyAfterTheEndIsDropped() throws Exception {
        Promise<Runnable> reply = Promise.promise();
        vertx.eventBus().consumer("late", message -> reply.complete(() -> message.reply("")));
        String id = scripts.deploy("""
                vertx.eventBus().request('late', '').then(() => vertx.eventBus().publish('out', 'too late'));
                """);
        Runnable replying = reply.future().await();
        vertx.undeploy(id).await();
        replying.run();
        vertx.timer(50).await();
        assertTrue(heard.isEmpty());
        assertEquals("", log.text());
    }

    @Test
    void aFunctionRunsOnItsEventLoopOnly() throws Exception {
        String refused = scripts.refused("await vertx.executeBlocking(() => 1);");
        // GraalJS throws it if the event loop is in the script at that moment.
        assertTrue(
                refused.matches("script.js:1: Error: .*(runs on its own event loop|Multi threaded access).*"), refused);
    }

    // ---- files

    @Test
    void importsAreRelativeToTheFileThatHasThem() throws Exception {
        scripts.write("lib/name.js", "export { name } from './deep/name.js';");
        scripts.write("lib/deep/name.js", "export const name = 'deep';");
        scripts.deploy("import { name } from './lib/name.js'; vertx.eventBus().publish('out', name);");
        assertEquals("deep", next());
    }

    @Test
    void scriptsAndTheirImportsAreInTheClassPathToo() throws Exception {
        vertx.deployVerticle("js:scripts/importing.js").await();
        assertEquals("from the class path", next());
    }

    @Test
    void aMissingScriptNamesWhereItWasLookedFor() {
        Throwable failure = assertThrows(ScriptException.class, () -> vertx.deployVerticle("js:no/such.js")
                .await());
        assertEquals(
                "no such file: expected in the working directory, " + System.getProperty("user.dir")
                        + ", or in the class path",
                failure.getMessage());
    }

    @Test
    void aMissingImportIsNamed() throws Exception {
        String refused = scripts.refused("import './nobody.js';");
        assertTrue(refused.contains("nobody.js"), refused);
    }

    // ---- failures

    @ParameterizedTest
    @CsvSource(delimiterString = "==>", textBlock = """
            \\nnobody.call()                                   ==> script.js:2: ReferenceError: nobody is not defined
            \\n\\n  let x = ;                                    ==> script.js:3: SyntaxError: Expected an operand but found ;
            throw new RangeError('too far')                     ==> script.js:1: RangeError: too far
            \\nvertx.setTimer(0, () => 1)                      ==> script.js:2: java.lang.IllegalArgumentException: Cannot schedule a timer with delay < 1 ms
            export function vertxStart() {\\n null.x }          ==> script.js:2: TypeError: Cannot read property 'x' of null
            export async function vertxStart() {\\n null.x }    ==> script.js:2: TypeError: Cannot read property 'x' of null
            export const vertxStart = async () => {\\nawait vertx.timer(1);\\nthrow new Error('late') } ==> script.js:3: Error: late
            await 1;\\nthrow new Error('top')                   ==> script.js:2: Error: top
            \\nawait vertx.eventBus().request('nobody', 1)      ==> script.js:2: Error: No handlers for address nobody
            throw 1                                            ==> Error: Unhandled promise rejection: 1
            """)
    void aFailureAtTheStartNamesFileAndLine(String script, String line) throws IOException {
        assertEquals(line, scripts.refused(script.replace("\\n", "\n")));
    }

    @Test
    void anErrorInATimerIsLoggedAndTheScriptGoesOn() throws Exception {
        scripts.deploy("""
                vertx.setTimer(1, function tick() {
                  nobody.call();
                });
                vertx.setTimer(50, () => vertx.eventBus().publish('out', 'goes on'));
                """);
        assertEquals("goes on", next());
        assertTrue(logged().endsWith("""
                        js:script.js: script.js:2: ReferenceError: nobody is not defined
                            at tick, script.js:2
                        """), logged());
    }

    @ParameterizedTest
    @CsvSource({
        "message => { null.x }",
        "async message => { null.x }",
        "async message => { await vertx.timer(1); null.x }"
    })
    void anErrorInAConsumerIsLoggedAndTheScriptGoesOn(String handler) throws Exception {
        scripts.deploy("const consumer = vertx.eventBus().consumer('in',\n" + handler + ");\n"
                + "vertx.eventBus().consumer('in', () => vertx.eventBus().publish('out', 'goes on'));");
        vertx.eventBus().publish("in", "");
        assertEquals("goes on", next());
        log.await("script.js:2: TypeError: Cannot read property 'x' of null\n");
        assertEquals(1, logged().split("TypeError").length - 1, logged());
    }

    @Test
    void anUnhandledRejectionIsLogged() throws Exception {
        scripts.deploy("""
                vertx.setTimer(1, () => {
                  vertx.eventBus().request('nobody', '');
                });
                vertx.timer(1).then(() => { throw new TypeError('in a promise'); });
                """);
        log.await("script.js:2: Error: No handlers for address nobody\n");
        log.await("script.js:4: TypeError: in a promise\n");
    }

    @Test
    void aHandledRejectionIsNot() throws Exception {
        scripts.deploy("""
                vertx.eventBus().request('nobody', '').catch(error => vertx.eventBus().publish('out', error.message));
                """);
        assertEquals("No handlers for address nobody", next());
        assertEquals("", log.text());
    }

    @Test
    void theConsoleIsALoggerNamedAfterTheScript() throws Exception {
        scripts.deploy("""
                console.debug('one', 1);
                console.log({ a: [1, null] }, undefined, null);
                console.info(true);
                console.warn(new RangeError('far').message);
                console.error(new TypeError('bad'));
                """);
        assertEquals(
                List.of(
                        "DEBUG one 1",
                        "INFO {\"a\":[1,null]} undefined null",
                        "INFO true",
                        "WARN far",
                        "ERROR TypeError: bad"),
                logged().lines()
                        .filter(line -> line.contains(" script - "))
                        .map(line -> line.replaceAll("^\\S+ (\\S+) .* script - ", "$1 "))
                        .toList());
    }

    // ---- blocked event loops

    @ParameterizedTest
    @CsvSource(delimiterString = "==>", textBlock = """
            let n;\\nlet m;\\nSPIN ==> at script.js:3, in its start
            export function vertxStart() {\\n SPIN } ==> at script.js:2, in vertxStart
            Java.type('java.lang.Thread').sleep(6000) ==> at java.lang.Thread.sleep\\w*, in its start
            """)
    void aScriptThatBlocksAtItsStartIsNamedWithItsLine(String script, String where) throws Exception {
        String text = script.replace("\\n", "\n").replace("SPIN", SPIN);
        Future<String> deployed = vertx.deployVerticle(scripts.write("script.js", text));
        String said = log.await("BusyWatch - (.*)").group(1).replace(directory + "/", "");
        assertFalse(deployed.isComplete());
        System.setProperty(GO, "true");
        assertTrue(said.matches("js:script.js has kept its event loop busy for \\d+ ms, " + where), said);
        deployed.await();
    }

    @Test
    void aHandlerThatBlocksIsNamedOnceEachTime() throws Exception {
        scripts.deploy("const spin = () => { " + SPIN + " };\n" + """
                vertx.eventBus().consumer('in', message => {
                  spin();
                  message.reply('');
                });
                """);
        for (int times = 1; times <= 2; times++) {
            System.clearProperty(GO);
            Future<?> reply = vertx.eventBus().request("in", "");
            log.await("(?s)(has kept its event loop busy.*){" + times + "}");
            System.setProperty(GO, "true");
            reply.await();
            log.await("(?s)(let its event loop go.*){" + times + "}");
            assertEquals(times, logged().split("has kept its event loop busy").length - 1, logged());
        }
        assertTrue(logged().contains("ms, at script.js:1, in the function at script.js:2\n"), logged());
    }
}
