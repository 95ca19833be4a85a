package io.sluice.node;

import io.sluice.cli.Console;
import io.sluice.cli.UsageException;
import io.vertx.core.spi.launcher.DefaultCommand;
import java.util.List;

/** A command that starts no node: it reads its arguments itself, and ends the process with a code. */
abstract class ClientCommand extends DefaultCommand {

    /** Does it, and returns the exit code. */
    abstract int run(List<String> arguments, Console console) throws InterruptedException;

    @Override
    public final void run() {
        try {
            System.exit(run(Main.of(executionContext).arguments(), Console.system()));
        } catch (UsageException e) {
            throw Main.usage(executionContext.cli().getName() + ": " + e.getMessage());
        } catch (InterruptedException e) {
            throw Main.exit("interrupted");
        }
    }
}
