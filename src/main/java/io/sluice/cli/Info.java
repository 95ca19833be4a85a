package io.sluice.cli;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Shows what a node does, as its admin listener tells it. */
public final class Info {

    private static final String DEFAULT = "http://127.0.0.1:8081/";
    private static final String REPORT = "api/node";
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private Info() {}

    /**
     * Runs the command.
     *
     * @return an {@link ExitCode}
     * @throws UsageException if the arguments are wrong
     */
    public static int run(List<String> arguments, Console console) throws InterruptedException {
        Arguments parsed = Arguments.parse(arguments, Target.OPTIONS, Set.of("json"));
        String url = parsed.atMostOne("the URL of an admin listener").orElse(DEFAULT);
        Target target = Target.of(url, parsed).at(REPORT);
        HttpResponse<String> response;
        try {
            response = Web.client()
                    .send(
                            target.request()
                                    .timeout(PATIENCE)
                                    .setHeader("Accept", "application/json")
                                    .build(),
                            BodyHandlers.ofString());
        } catch (IOException e) {
            console.fail(Web.reason(target.url(), e) + "; expected the admin listener of a node");
            return ExitCode.FAILED;
        }
        Optional<JsonObject> report = Web.json(response.body());
        if (response.statusCode() != 200 || report.isEmpty() || !report.get().containsKey("streams")) {
            boolean isElsewhere = response.statusCode() == 200 || response.statusCode() == 404;
            console.fail(target.url() + ": " + Web.refusal(response, Web.problem(response.body()))
                    + (isElsewhere
                            ? "; expected the admin listener of a node (\"admin\" in its configuration; its start line names it)"
                            : ""));
            return ExitCode.FAILED;
        }
        console.out().println(parsed.has("json") ? response.body().strip() : NodeTable.of(report.get()));
        return console.out().checkError() ? ExitCode.FAILED : ExitCode.OK;
    }
}
