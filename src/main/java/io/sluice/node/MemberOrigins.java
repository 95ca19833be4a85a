package io.sluice.node;

import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Lets the demo's page of one member of a cluster read what another member serves, with GET and HEAD. It is an origin of its own, since it
 * has another host or port, and nobody has to list it in {@code http.cors}: the members know each other.
 *
 * <p>A page of a member is one from the URL that the member tells, or has told: when it dies, its pages go on at another one. A machine has many names, and only its owner can say which are the same:
 * where the members share a machine, the page may come from the host at which this request asks.
 */
final class MemberOrigins {

    private static final Pattern URL = Pattern.compile("(https?)://([^/]*)/?");

    private final MemberUrls members;

    MemberOrigins(MemberUrls members) {
        this.members = members;
    }

    void handle(RoutingContext routing) {
        HttpServerRequest request = routing.request();
        String origin = HeaderField.single(request, "Origin");
        routing.response().headers().add("Vary", "Origin");
        if (origin == null) {
            routing.next();
            return;
        }
        request.pause();
        members.seen().onSuccess(urls -> {
            HttpServerResponse response = routing.response();
            if (!response.closed() && isOfMember(origin, Authority.of(request), urls)) {
                response.putHeader("Access-Control-Allow-Origin", origin);
            }
            request.resume();
            routing.next();
        });
    }

    private boolean isOfMember(String origin, @Nullable Authority asked, List<String> urls) {
        Authority own = authority("", members.own());
        Matcher page = URL.matcher(origin);
        Authority from = page.matches() ? authority(page.group(1), origin) : null;
        return from != null
                && urls.stream()
                        .map(url -> authority(page.group(1), url))
                        .anyMatch(member ->
                                member != null && (member.equals(from) || isBeside(member, own, from, asked)));
    }

    /** Whether the member is on this machine, and its page at the host at which this member is asked. */
    private static boolean isBeside(
            Authority member, @Nullable Authority own, Authority from, @Nullable Authority asked) {
        return own != null
                && asked != null
                && member.host().equals(own.host())
                && from.host().equals(asked.host())
                && from.port() == member.port();
    }

    /**
     * The host and the port of a URL, or null if it has another scheme.
     *
     * @param scheme that it has to have; empty for any
     */
    private static @Nullable Authority authority(String scheme, String url) {
        Matcher parts = URL.matcher(url);
        if (!parts.matches() || !(scheme.isEmpty() || scheme.equals(parts.group(1)))) {
            return null;
        }
        Authority named = Authority.parse(parts.group(2));
        int usual = parts.group(1).equals("https") ? 443 : 80;
        return named == null || named.port() != Authority.NO_PORT ? named : new Authority(named.host(), usual);
    }
}
