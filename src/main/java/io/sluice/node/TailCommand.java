package io.sluice.node;

import io.sluice.cli.Console;
import io.sluice.cli.Tail;
import io.vertx.core.cli.annotations.Name;
import io.vertx.core.cli.annotations.Summary;
import java.util.List;

/** {@link Tail} as a command of the jar. */
@Name("tail")
@Summary("Follows a stream.")
public final class TailCommand extends ClientCommand {

    @Override
    int run(List<String> arguments, Console console) throws InterruptedException {
        return Tail.run(arguments, console);
    }
}
