package io.sluice.node;

import io.sluice.cli.Console;
import io.sluice.cli.Info;
import io.vertx.core.cli.annotations.Name;
import io.vertx.core.cli.annotations.Summary;
import java.util.List;

/** {@link Info} as a command of the jar. */
@Name("info")
@Summary("Shows what a node does.")
public final class InfoCommand extends ClientCommand {

    @Override
    int run(List<String> arguments, Console console) throws InterruptedException {
        return Info.run(arguments, console);
    }
}
