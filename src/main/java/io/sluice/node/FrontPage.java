package io.sluice.node;

import io.vertx.core.Handler;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What is at {@code /} where there is neither a webroot nor the demo: the streams that anybody may read, as plain text. */
final class FrontPage implements Handler<RoutingContext> {

    private final String text;

    FrontPage(NodeConfig config) {
        Stream<String> declared = config.streams().entrySet().stream()
                .filter(stream -> stream.getValue().read() == Read.ANYONE)
                .map(Map.Entry::getKey);
        Stream<String> named = config.templates().entrySet().stream()
                .filter(template -> template.getValue().read() == Read.ANYONE)
                .map(template -> template.getKey() + "/NAME");
        String open =
                Stream.concat(declared, named).map(name -> "  /" + name + "\n").collect(Collectors.joining());
        this.text = "This is Sluice, which streams events."
                + (open.isEmpty() ? " Its streams ask for a token.\n" : " Its streams:\n\n" + open)
                + "\nA directory \"webroot\" beside the node puts a page here, and \"http\": { \"demo\": true } the demo.\n";
    }

    @Override
    public void handle(RoutingContext routing) {
        HttpServerResponse response = routing.response()
                .putHeader("Content-Type", "text/plain;charset=UTF-8")
                .putHeader("Cache-Control", "no-cache")
                .putHeader("X-Content-Type-Options", "nosniff");
        if (routing.request().method().equals(HttpMethod.HEAD)) {
            response.end();
        } else {
            response.end(text);
        }
    }
}
