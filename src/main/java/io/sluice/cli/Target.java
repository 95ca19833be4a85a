package io.sluice.cli;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What a command talks to: a URL, and what it shows there of itself.
 *
 * @param url of HTTP or HTTPS
 * @param headers names and values, one after the other
 * @param token empty for none
 */
record Target(URI url, List<String> headers, Optional<Token> token) {

    /** The options of each command that talks to a node. */
    static final Set<String> OPTIONS = Set.of("header", "token");

    /** @throws UsageException if one of them is wrong */
    static Target of(String url, Arguments arguments) {
        Target target = new Target(
                url(url),
                arguments.all("header").stream()
                        .flatMap(header -> header(header).stream())
                        .toList(),
                arguments.value("token").map(Token::new));
        target.request();
        return target;
    }

    private static URI url(String text) {
        try {
            URI url = new URI(text);
            if (url.getHost() != null && Set.of("http", "https").contains(String.valueOf(url.getScheme()))) {
                return new URI(text.replaceFirst("#.*", ""));
            }
        } catch (URISyntaxException e) {
            // It is no URL either.
        }
        throw new UsageException("\"" + text + "\": expected a URL such as http://localhost:8080/events");
    }

    private static List<String> header(String text) {
        int colon = text.indexOf(':');
        if (colon < 1) {
            throw new UsageException("--header \"" + text + "\": expected \"Name: value\"");
        }
        return List.of(
                text.substring(0, colon).strip(), text.substring(colon + 1).strip());
    }

    /** The same with more in its query. */
    Target with(String name, String value) {
        String pair = name + "=" + URLEncoder.encode(value, StandardCharsets.UTF_8);
        String query = url.getRawQuery();
        return new Target(URI.create(url + (query == null ? "?" : query.isEmpty() ? "" : "&") + pair), headers, token);
    }

    /** A path below that of the URL, which may have it already; without a query. */
    Target at(String path) {
        String here = url.getRawPath();
        String below = here.endsWith('/' + path) ? here : here + (here.endsWith("/") ? "" : "/") + path;
        return new Target(url.resolve(below), headers, token);
    }

    /** A request with what is shown. The token is read each time, so a file may have a new one. */
    HttpRequest.Builder request() {
        try {
            HttpRequest.Builder request = HttpRequest.newBuilder(url);
            if (!headers.isEmpty()) {
                request.headers(headers.toArray(String[]::new));
            }
            token.ifPresent(shown -> request.setHeader("Authorization", "Bearer " + shown.read()));
            return request;
        } catch (UsageException e) {
            throw e;
        } catch (IllegalArgumentException e) {
            throw new UsageException("--header: " + e.getMessage());
        }
    }
}
