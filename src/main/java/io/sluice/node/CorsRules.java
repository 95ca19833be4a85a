package io.sluice.node;

import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.HttpException;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The rights of pages of other origins, as the Fetch standard tells a browser of them. The node's own pages may send their origin
 * too, and always pass. Vert.x' CorsHandler knows origins of the web alone, and refuses those of applications and extensions.
 */
final class CorsRules {

    private static final String METHODS = "GET,HEAD,POST,PUT,DELETE";
    private static final String HEADERS =
            "Authorization,Content-Type,Last-Event-ID,Cache-Control,Sluice-Type," + IdempotencyKey.HEADER;
    private static final Map<HttpMethod, String> EXPOSED =
            Map.of(HttpMethod.PUT, "Location", HttpMethod.HEAD, "Sluice-First-Id,Sluice-Last-Id,Sluice-Ended");
    private static final Pattern WEB = Pattern.compile("(?i)(http|https)://(.*)");

    private final Set<String> origins;
    private final boolean allowsAny;
    private final boolean credentials;

    CorsRules(HttpConfig.Cors config) {
        this.origins = config.origins().stream().map(CorsRules::canonical).collect(Collectors.toUnmodifiableSet());
        this.allowsAny = config.origins().contains(HttpConfig.Cors.ANY);
        this.credentials = config.credentials();
    }

    /** Lets a request of another origin pass if that is listed, and answers a preflight. */
    void handle(RoutingContext routing) {
        HttpServerResponse response = routing.response();
        String origin = HeaderField.single(routing.request(), "Origin");
        if (!allowsAny) {
            response.headers().add("Vary", "Origin");
        }
        if (origin != null && !isOwn(routing.request(), origin)) {
            if (!allows(origin)) {
                throw new HttpException(403);
            }
            response.putHeader("Access-Control-Allow-Origin", allowsAny ? HttpConfig.Cors.ANY : origin);
            if (credentials) {
                response.putHeader("Access-Control-Allow-Credentials", "true");
            }
            String exposed = EXPOSED.get(routing.request().method());
            if (exposed != null) {
                response.putHeader("Access-Control-Expose-Headers", exposed);
            }
            if (isPreflight(routing.request())) {
                response.putHeader("Access-Control-Allow-Methods", METHODS)
                        .putHeader("Access-Control-Allow-Headers", HEADERS)
                        .setStatusCode(204)
                        .end();
                return;
            }
        }
        routing.next();
    }

    /**
     * Refuses what a page of another origin has its visitors publish. A page may send a text without asking before, so that this
     * holds without CORS, too.
     */
    void requirePublisher(RoutingContext routing) {
        requireOwnPage(routing.request());
        routing.next();
    }

    /** Refuses what a page of another origin, which is not listed, has its visitors do. */
    void requireOwnPage(HttpServerRequest request) {
        String origin = HeaderField.single(request, "Origin");
        String site = HeaderField.single(request, "Sec-Fetch-Site");
        boolean isForeign = origin == null
                ? site != null && !site.equals("same-origin") && !site.equals("none")
                : !isOwn(request, origin) && !allows(origin);
        if (isForeign) {
            throw new HttpException(403);
        }
    }

    /** Whether the browser says that the page which sends a request is the node's own, or of a listed origin. */
    boolean isFromOwnPage(HttpServerRequest request) {
        String origin = HeaderField.single(request, "Origin");
        return origin == null
                ? "same-origin".equals(request.getHeader("Sec-Fetch-Site"))
                : isOwn(request, origin) || origins.contains(canonical(origin));
    }

    private static boolean isPreflight(HttpServerRequest request) {
        return request.method().equals(HttpMethod.OPTIONS)
                && request.headers().contains("Access-Control-Request-Method");
    }

    private boolean allows(String origin) {
        return allowsAny || origins.contains(canonical(origin));
    }

    /**
     * Compares host and port: behind a proxy that ends TLS the node does not know the scheme. A proxy may hide the host, too; the
     * browser says it then, and no page can say it for it.
     */
    private static boolean isOwn(HttpServerRequest request, String origin) {
        if ("same-origin".equals(request.getHeader("Sec-Fetch-Site"))) {
            return true;
        }
        Matcher web = WEB.matcher(origin);
        Authority page = web.matches() ? Authority.parse(web.group(2)) : null;
        Authority node = Authority.of(request);
        return page != null && node != null && page.is(node, defaultPort(web.group(1)));
    }

    private static int defaultPort(String scheme) {
        return scheme.equalsIgnoreCase("https") ? 443 : 80;
    }

    /** As a browser writes it: in lower case, and without the port that its scheme has anyway. */
    private static String canonical(String origin) {
        Matcher web = WEB.matcher(origin);
        Authority named = web.matches() ? Authority.parse(web.group(2)) : null;
        if (named == null || !named.is(new Authority(named.host(), Authority.NO_PORT), defaultPort(web.group(1)))) {
            return origin.toLowerCase(Locale.ROOT);
        }
        return web.group(1).toLowerCase(Locale.ROOT) + "://" + named.host();
    }
}
