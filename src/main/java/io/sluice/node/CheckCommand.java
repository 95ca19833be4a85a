package io.sluice.node;

import io.sluice.cli.Arguments;
import io.sluice.cli.Console;
import io.sluice.cli.ExitCode;
import io.vertx.core.Vertx;
import io.vertx.core.cli.annotations.Name;
import io.vertx.core.cli.annotations.Summary;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Checks a configuration as a start does, and the files that it names, and starts nothing. */
@Name("check")
@Summary("Checks a configuration.")
public final class CheckCommand extends ClientCommand {

    @Override
    int run(List<String> arguments, Console console) {
        Arguments parsed = Arguments.parse(arguments, Set.of("conf"), Set.of("cluster"));
        @Nullable
        String file =
                parsed.value("conf").or(() -> parsed.atMostOne("-conf FILE")).orElse(null);
        boolean isClustered = parsed.has("cluster");
        UnsafeWarning.silence();
        ConfigSource source = new ConfigSource(file, isClustered, System.getenv());
        try {
            NodeConfig config = check(source, isClustered);
            console.out().println(source.name() + " is right: " + streams(config));
            console.out().flush();
            return ExitCode.OK;
        } catch (ConfigException e) {
            console.fail(source.line(e.getMessage()));
            return ExitCode.FAILED;
        }
    }

    private static NodeConfig check(ConfigSource source, boolean isClustered) {
        Vertx vertx = Vertx.vertx();
        try {
            ConfigCheck check = new ConfigCheck(vertx, source.read());
            check.requireCertificate();
            check.requireLogs(isClustered);
            check.requireProducers();
            check.requireKeys();
            return check.config();
        } finally {
            vertx.close();
        }
    }

    private static String streams(NodeConfig config) {
        List<String> names = Stream.concat(
                        config.streams().keySet().stream(),
                        config.templates().keySet().stream().map(name -> name + StreamNames.ANY))
                .toList();
        return names.isEmpty()
                ? "no streams"
                : (names.size() == 1 ? "stream " : "streams ") + names.stream().collect(Collectors.joining(", "));
    }
}
