package io.sluice.polyglot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.junit5.VertxExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Scripts in Groovy, and what is said where they fail. */
@ExtendWith(VertxExtension.class)
@SuppressWarnings("NullAway.Init") // JUnit's beforeEach
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

    @ParameterizedTest
    @CsvSource(delimiterString = "=>", textBlock = """
            \\nnobody.call()          => Script.groovy:2: groovy.lang.MissingPropertyException: No such property: nobody for class: Script
            \\n\\n  def = ;             => Script.groovy:3: Unexpected input: 'def =' @ line 3, column 7.
            \\nthrow new IOException('x') => Script.groovy:2: java.io.IOException: x
            def vertxStart() {\\n nobody.call() } => Script.groovy:2: groovy.lang.MissingPropertyException: No such property: nobody for class: Script
            """)
    void whatFailsAtTheStartNamesFileAndLine(String script, String line) throws Exception {
        assertEquals(line, refused(vertx.deployVerticle(write(script.replace("\\n", "\n")))));
    }

    @Test
    void aMissingScriptNamesWhereItWasLookedFor() {
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
