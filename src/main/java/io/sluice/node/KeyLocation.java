package io.sluice.node;

import static io.sluice.log.InvalidOptionException.require;

import io.sluice.auth.IssuerUrl;
import io.sluice.auth.KeySource;
import io.sluice.log.InvalidOptionException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;

/** Reads where the keys of an issuer are. Each method fails with {@link InvalidOptionException}. */
final class KeyLocation {

    private static final String FILE = "file:";
    private static final String WELL_KNOWN = "/.well-known/";

    private KeyLocation() {}

    /** A JSON Web Key Set, in a file or at a URL. */
    static KeySource keySet(String text, Duration age) {
        if (text.contains("://") && !text.startsWith(FILE)) {
            return new KeySource.KeySetUrl(url("jwks", text), age);
        }
        try {
            Path file = Path.of(text.startsWith(FILE) ? text.substring(FILE.length()) : text);
            require(Files.isRegularFile(file), "jwks", '"' + text + '"', "a file that can be read, or an https URL");
            return new KeySource.KeySetFile(file, age);
        } catch (InvalidPathException e) {
            throw new InvalidOptionException("jwks", '"' + text + '"', "a file that can be read, or an https URL");
        }
    }

    /** An OpenID issuer. */
    static KeySource discovery(String text, Duration age) {
        URI issuer = url("discovery", text);
        require(
                issuer.getRawQuery() == null && !issuer.getPath().contains(WELL_KNOWN),
                "discovery",
                '"' + text + '"',
                "the issuer's URL alone, without " + WELL_KNOWN + "openid-configuration");
        return new KeySource.Discovery(issuer, age);
    }

    private static URI url(String option, String text) {
        try {
            URI url = new URI(text);
            require(
                    IssuerUrl.isSafe(url) && url.getRawFragment() == null,
                    option,
                    '"' + text + '"',
                    IssuerUrl.EXPECTED);
            return url;
        } catch (URISyntaxException e) {
            throw new InvalidOptionException(option, '"' + text + '"', IssuerUrl.EXPECTED);
        }
    }
}
