package io.sluice.redis;

import io.sluice.log.InvalidOptionException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Set;

/**
 * The address of a Redis: {@code redis://user:password@host:port/database}, or {@code rediss://} for TLS. Scheme and host are
 * required.
 *
 * <p>Only {@link #text()} shows the password.
 */
public record RedisUri(String text) {

    private static final Set<String> SCHEMES = Set.of("redis", "rediss");
    private static final int DEFAULT_PORT = 6379;

    /** A Redis on this machine. It stands below the constants that the constructor needs. */
    public static final RedisUri DEFAULT = new RedisUri("redis://127.0.0.1:6379");

    /** @throws InvalidOptionException if the text is no such URI */
    public RedisUri {
        InvalidOptionException.require(
                isValid(text),
                "uri",
                '"' + masked(text) + '"',
                "redis:// or rediss://, and then host:port, as in \"redis://user:password@127.0.0.1:6379/0\"");
    }

    private static boolean isValid(String text) {
        try {
            URI uri = new URI(text);
            return SCHEMES.contains(String.valueOf(uri.getScheme()))
                    && uri.getHost() != null
                    && uri.getPort() <= 65535
                    && uri.getPath().matches("/?|/\\d{1,4}")
                    && uri.getRawQuery() == null
                    && uri.getRawFragment() == null;
        } catch (URISyntaxException e) {
            return false;
        }
    }

    /** Host and port, for messages. */
    String hostAndPort() {
        URI uri = URI.create(text);
        return uri.getHost() + ':' + (uri.getPort() < 0 ? DEFAULT_PORT : uri.getPort());
    }

    /** The text of a URI, with stars for user and password: a user alone may be a token. */
    public static String masked(String text) {
        return text.replaceFirst("(?s)://.*@", "://***@");
    }

    @Override
    public String toString() {
        return masked(text);
    }
}
