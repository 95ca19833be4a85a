package io.sluice.node;

import io.sluice.cli.Arguments;
import io.sluice.cli.Console;
import io.sluice.cli.ExitCode;
import io.vertx.core.cli.annotations.Name;
import io.vertx.core.cli.annotations.Summary;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Set;

/** Lists the nodes that run on this machine. */
@Name("list")
@Summary("Lists the nodes on this machine.")
public final class ListCommand extends ClientCommand {

    @Override
    int run(List<String> arguments, Console console) {
        Arguments.parse(arguments, Set.of(), Set.of()).atMostOne("nothing more").ifPresent(ListCommand::refuse);
        List<LocalNodes.LocalNode> nodes = LocalNodes.all();
        int width = nodes.stream().mapToInt(node -> node.id().length()).max().orElse(0);
        if (nodes.isEmpty()) {
            console.err().println("no node runs here");
        }
        for (LocalNodes.LocalNode node : nodes) {
            String id = node.id() + " ".repeat(width - node.id().length());
            console.out()
                    .println(id + "  pid " + node.process().pid() + "  since " + since(node.process()) + "  "
                            + node.configuration().orElse("the built-in configuration"));
        }
        console.out().flush();
        return ExitCode.OK;
    }

    private static void refuse(String argument) {
        throw Main.usage("list: \"" + argument + "\": expected nothing more");
    }

    private static String since(ProcessHandle process) {
        return process.info()
                .startInstant()
                .map(start -> start.truncatedTo(ChronoUnit.SECONDS))
                .map(Instant::toString)
                .orElse("?");
    }
}
