package io.sluice.auth;

import java.net.URI;
import java.util.regex.Pattern;

/** Which URLs keys are read from: whoever can change the keys on their way may do everything. */
public final class IssuerUrl {

    /** For a message. */
    public static final String EXPECTED =
            "an https URL without a user, or http of a loopback host, with a port up to 65535";

    private static final int MAX_PORT = 65535;
    private static final Pattern LOOPBACK = Pattern.compile("(?i)localhost|127(\\.\\d{1,3}){3}|\\[::1]");

    private IssuerUrl() {}

    /** Whether keys may be read from there: by TLS, or from a process of the same machine, such as a side car. */
    public static boolean isSafe(URI url) {
        return url.getHost() != null
                && url.getRawUserInfo() == null
                && url.getPort() <= MAX_PORT
                && ("https".equalsIgnoreCase(url.getScheme()) || isLocal(url));
    }

    /** Whether it is http, to the same machine. */
    static boolean isLocal(URI url) {
        return "http".equalsIgnoreCase(url.getScheme())
                && url.getHost() != null
                && LOOPBACK.matcher(url.getHost()).matches();
    }

    /** The URL as a log may show it: a query may hold a secret. */
    public static String shown(URI url) {
        String text = url.toString();
        return text.replaceFirst("[?#].*", "");
    }
}
