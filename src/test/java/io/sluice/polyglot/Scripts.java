package io.sluice.polyglot;

import static org.junit.jupiter.api.Assertions.assertThrows;

import io.vertx.core.DeploymentOptions;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Scripts in a temporary directory, and the Vert.x that deploys them. */
record Scripts(Vertx vertx, Path directory) {

    /** Writes a file. The answer is its name for the deployment. */
    String write(String name, String text) throws IOException {
        Path file = directory.resolve(name);
        Files.createDirectories(file.getParent());
        return "js:" + Files.writeString(file, text);
    }

    String deploy(String text) throws IOException {
        return deploy(text, new JsonObject());
    }

    String deploy(String text, JsonObject config) throws IOException {
        return vertx.deployVerticle(write("script.js", text), new DeploymentOptions().setConfig(config))
                .await();
    }

    /** Deploys a script that cannot start. The answer is the reason. */
    String refused(String text) throws IOException {
        String verticle = write("script.js", text);
        Throwable failure = assertThrows(
                ScriptException.class, () -> vertx.deployVerticle(verticle).await());
        return String.valueOf(failure.getMessage()).replace(directory + "/", "");
    }
}
