package io.sluice.node;

import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.HostAndPort;
import io.vertx.ext.web.handler.HttpException;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The host, and the port if it is given, to which a client believes to speak (RFC 9110 7.2).
 *
 * @param host a name in lower case, an IPv4 address, or an IPv6 address in brackets
 * @param port 0 to 65535, or {@link #NO_PORT}
 */
record Authority(String host, int port) {

    static final int NO_PORT = -1;

    private static final Pattern FORM = Pattern.compile("(\\[[0-9a-f:.]+]|[a-z0-9._-]+)(?::(\\d{0,5}))?");
    private static final Pattern URL = Pattern.compile("(?i)https?://([^/?#]*).*", Pattern.DOTALL);

    /** The authority in a text, or null if it holds no such thing. */
    static @Nullable Authority parse(String text) {
        Matcher form = FORM.matcher(text.toLowerCase(Locale.ROOT));
        if (!form.matches()) {
            return null;
        }
        String digits = Objects.requireNonNullElse(form.group(2), "");
        int port = digits.isEmpty() ? NO_PORT : Integer.parseInt(digits);
        return port > 65535 ? null : new Authority(form.group(1), port);
    }

    /**
     * The authority of a request; null if it is of HTTP/1.0 and names none.
     *
     * @throws HttpException 400 if the request names none, several, or something that cannot be one
     */
    static @Nullable Authority of(HttpServerRequest request) {
        if (request.version() == HttpVersion.HTTP_2) {
            HostAndPort named = request.authority();
            return required(named == null ? "" : named.toString(), ":authority");
        }
        List<String> hosts = request.headers().getAll("Host");
        if (hosts.size() > 1) {
            throw new HttpException(400, "Host is given " + hosts.size() + " times: expected once");
        }
        boolean mayLack = request.version() == HttpVersion.HTTP_1_0;
        String host = hosts.isEmpty() ? "" : hosts.get(0);
        Authority authority = host.isEmpty() && mayLack ? null : required(host, "Host");
        return agreed(authority, request.uri());
    }

    /** A host as it stands before a port: an IPv6 address is in brackets. */
    static String bracketed(String host) {
        return host.contains(":") && !host.startsWith("[") ? "[" + host + "]" : host;
    }

    private static Authority required(String text, String field) {
        Authority authority = parse(text);
        if (authority == null) {
            throw new HttpException(
                    400, field + " \"" + text + "\": expected a host, and a port if it is not the usual");
        }
        return authority;
    }

    /** A target that is a URL names the host, too: whoever reads one of both must see the same. RFC 9112 3.2.2. */
    private static @Nullable Authority agreed(@Nullable Authority host, String target) {
        if (target.startsWith("/") || target.equals("*")) {
            return host;
        }
        Matcher url = URL.matcher(target);
        Authority named = url.matches() ? parse(url.group(1)) : null;
        if (named == null) {
            throw new HttpException(400, "expected a path that begins with /");
        }
        if (host != null && !host.equals(named)) {
            throw new HttpException(400, "the target names another host than Host");
        }
        return named;
    }

    /** Whether both are the same where a port that is not given is a default one. */
    boolean is(Authority other, int defaultPort) {
        return host.equals(other.host) && portOr(defaultPort) == other.portOr(defaultPort);
    }

    private int portOr(int defaultPort) {
        return port == NO_PORT ? defaultPort : port;
    }
}
