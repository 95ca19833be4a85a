package io.sluice.cli;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.channels.UnresolvedAddressException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What the commands have in common when they talk HTTP. */
final class Web {

    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final int MAX_PROBLEM = 64 << 10;

    /** A server that says so may do what was asked for later. */
    private static final Set<Integer> LATER = Set.of(408, 425, 429, 502, 503, 504);

    private Web() {}

    /** A client that follows no redirect: the token is for this server. */
    static HttpClient client() {
        return HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(PATIENCE)
                .build();
    }

    static boolean isForNow(int status) {
        return LATER.contains(status);
    }

    /** How long a server asks to wait; 0 if it does not. */
    static Duration retryAfter(HttpResponse<?> response) {
        return response.headers()
                .firstValue("Retry-After")
                .filter(text -> text.matches("\\d{1,5}"))
                .map(text -> Duration.ofSeconds(Long.parseLong(text)))
                .orElse(Duration.ZERO);
    }

    /** A refusal in one line: the status, and what the problem details say of it. */
    static String refusal(HttpResponse<?> response, JsonObject problem) {
        String location =
                response.headers().firstValue("Location").map(to -> " to " + to).orElse("");
        String detail = problem.getString("detail", problem.getString("title", ""));
        String why = detail.isEmpty() ? location : ": " + visible(detail);
        return response.statusCode() + why;
    }

    /** The problem details of a response, RFC 9457; empty if it has none. */
    static JsonObject problem(String body) {
        return json(body).orElseGet(JsonObject::new);
    }

    static JsonObject problem(InputStream body) throws IOException {
        try (body) {
            return problem(new String(body.readNBytes(MAX_PROBLEM), StandardCharsets.UTF_8));
        }
    }

    /** A JSON object; empty if the text is none. */
    static Optional<JsonObject> json(String text) {
        try {
            return text.startsWith("{") ? Optional.of(new JsonObject(text)) : Optional.empty();
        } catch (DecodeException e) {
            return Optional.empty();
        }
    }

    /** Why a server was not reached, in one line. */
    static String reason(URI url, IOException failure) {
        String where = url.getScheme() + "://" + url.getRawAuthority();
        if (failure instanceof ConnectException) {
            boolean isUnknown =
                    has(failure, UnresolvedAddressException.class) || has(failure, UnknownHostException.class);
            return isUnknown ? where + ": no such host" : where + ": nothing listens there";
        }
        String message = failure.getMessage();
        return where + ": " + (message == null ? "the connection broke" : visible(message));
    }

    private static boolean has(Throwable failure, Class<? extends Throwable> type) {
        @Nullable Throwable cause = failure;
        while (cause != null && !type.isInstance(cause)) {
            cause = cause.getCause();
        }
        return cause != null;
    }

    /** A text on one line that does nothing to a terminal: a control character is shown as an escape of JSON. */
    static String visible(String text) {
        if (text.chars().noneMatch(Web::isControl)) {
            return text;
        }
        StringBuilder line = new StringBuilder();
        text.chars().forEach(c -> {
            if (c == '\n') {
                line.append("\\n");
            } else if (isControl(c)) {
                String hex = "000" + Integer.toHexString(c);
                line.append("\\u").append(hex, hex.length() - 4, hex.length());
            } else {
                line.append((char) c);
            }
        });
        return line.toString();
    }

    private static boolean isControl(int c) {
        return (c < ' ' && c != '\t') || (c >= 0x7f && c < 0xa0);
    }
}
