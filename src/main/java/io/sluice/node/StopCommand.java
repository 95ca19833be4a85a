package io.sluice.node;

import io.sluice.cli.Arguments;
import io.sluice.cli.Console;
import io.sluice.cli.ExitCode;
import io.vertx.core.cli.annotations.Name;
import io.vertx.core.cli.annotations.Summary;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Stops a node on this machine as SIGTERM does, and waits until it has drained. */
@Name("stop")
@Summary("Stops a node on this machine.")
public final class StopCommand extends ClientCommand {

    /** As long as a drain may take, and some more. */
    private static final Duration PATIENCE = Duration.ofMinutes(6);

    @Override
    int run(List<String> arguments, Console console) throws InterruptedException {
        String id = Arguments.parse(arguments, Set.of(), Set.of()).only("the id of a node, which list shows");
        Optional<LocalNodes.LocalNode> found = LocalNodes.all().stream()
                .filter(node -> node.id().equals(id)
                        || String.valueOf(node.process().pid()).equals(id))
                .findFirst();
        if (found.isEmpty()) {
            console.fail("stop: \"" + id + "\": no such node; list shows those that run");
            return ExitCode.FAILED;
        }
        return stop(found.get().process(), id, console);
    }

    private static int stop(ProcessHandle node, String id, Console console) throws InterruptedException {
        if (!node.destroy() && node.isAlive()) {
            console.fail("stop: " + id + ": not permitted");
            return ExitCode.FAILED;
        }
        try {
            node.onExit().get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            console.fail("stop: " + id + " was told to stop " + PATIENCE.toMinutes()
                    + " minutes ago, and still runs: pid " + node.pid());
            return ExitCode.FAILED;
        }
        console.out().println(id + " has stopped");
        console.out().flush();
        return ExitCode.OK;
    }
}
