package io.sluice.node;

import io.sluice.cli.Console;
import io.sluice.cli.ExitCode;
import io.sluice.cli.UsageException;
import io.vertx.core.cli.annotations.Name;
import io.vertx.core.cli.annotations.Summary;
import java.util.List;

/** Shows the help of all commands, or of one. */
@Name("help")
@Summary("Shows the help of all commands, or of one.")
public final class HelpCommand extends ClientCommand {

    @Override
    int run(List<String> arguments, Console console) {
        String command = arguments.isEmpty() ? Help.OVERVIEW : arguments.get(0);
        if (!Help.COMMANDS.contains(command) && !command.equals(Help.OVERVIEW)) {
            throw new UsageException(Help.unknown(command));
        }
        Help.print(command);
        return ExitCode.OK;
    }
}
