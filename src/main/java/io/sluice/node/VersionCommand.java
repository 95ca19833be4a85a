package io.sluice.node;

import io.sluice.cli.Console;
import io.sluice.cli.ExitCode;
import io.vertx.core.cli.annotations.Name;
import io.vertx.core.cli.annotations.Summary;
import java.util.List;

/** Says which version of what this is. */
@Name("version")
@Summary("Says which version this is.")
public final class VersionCommand extends ClientCommand {

    @Override
    int run(List<String> arguments, Console console) {
        console.out()
                .println("sluice " + Version.current() + " (Vert.x "
                        + io.vertx.core.impl.launcher.commands.VersionCommand.getVersion() + ", Java "
                        + System.getProperty("java.version") + ")");
        console.out().flush();
        return ExitCode.OK;
    }
}
