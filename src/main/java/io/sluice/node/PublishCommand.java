package io.sluice.node;

import io.sluice.cli.Console;
import io.sluice.cli.Publish;
import io.vertx.core.cli.annotations.Name;
import io.vertx.core.cli.annotations.Summary;
import java.util.List;

/** {@link Publish} as a command of the jar. */
@Name("publish")
@Summary("Publishes the lines of the input as events.")
public final class PublishCommand extends ClientCommand {

    @Override
    int run(List<String> arguments, Console console) throws InterruptedException {
        return Publish.run(arguments, console);
    }
}
