package io.sluice.node;

import io.sluice.auth.Access;
import io.sluice.auth.AuthOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.PemKeyCertOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the configuration again, and the files that it names, while the node runs: its certificate, who may do what, and what its log
 * looks like. No connection is lost. All of it is read and checked before any of it counts, so a mistake changes nothing. What cannot
 * change says so.
 *
 * <p>An application that deploys the {@link NodeVerticle} has given it a configuration; then the files are read again. Any thread.
 */
final class Reload {

    private static final Logger LOG = LoggerFactory.getLogger(Reload.class);

    /**
     * What came of it.
     *
     * @param reloaded what counts now, and did not before, such as {@code http.tls}
     * @param unchanged what was read, and is the same
     * @param restart what is configured otherwise, and has no effect: a sentence each
     */
    record Result(List<String> reloaded, List<String> unchanged, List<String> restart) {

        JsonObject toJson() {
            return new JsonObject()
                    .put("reloaded", new JsonArray(reloaded))
                    .put("unchanged", new JsonArray(unchanged))
                    .put("restart", new JsonArray(restart));
        }

        private void add(String part, boolean changed) {
            (changed ? reloaded : unchanged).add(part);
        }
    }

    /** @param pem the certificate, if the node has one, and is to have one */
    private record Read(
            JsonObject json, NodeConfig config, @Nullable PemKeyCertOptions pem) {}

    private final Vertx vertx;
    private final Optional<ConfigSource> source;
    private final JsonObject started;
    private final AccessRules rules;
    private final @Nullable ServedCertificate certificate;
    // One at a time. Guarded by this, and the configuration by being read in one only.
    private Future<?> last = Future.succeededFuture();
    private NodeConfig current;

    /** @param started the configuration that the node has started with, as it was written */
    Reload(Vertx vertx, JsonObject started, AccessRules rules, @Nullable ServedCertificate certificate) {
        this.vertx = vertx;
        this.source = ConfigSource.of(vertx);
        this.started = started;
        this.rules = rules;
        this.certificate = certificate;
        this.current = NodeConfig.read(started);
    }

    /**
     * Reloads, after those that were asked for before.
     *
     * @return fails with {@link ConfigException}, whose message is the line that says what is wrong; then nothing has changed
     */
    synchronized Future<Result> run() {
        Future<Result> next = last.otherwiseEmpty()
                .compose(v -> vertx.executeBlocking(this::read, false))
                .compose(this::apply)
                .recover(failure -> Future.failedFuture(new ConfigException(line(failure))))
                .onSuccess(Reload::tell)
                .onFailure(failure -> LOG.warn(
                        "the configuration was read again, and nothing has changed: {}", failure.getMessage()));
        last = next;
        return next;
    }

    private static void tell(Result result) {
        LOG.info("the configuration was read again: {}", describe(result));
        result.restart().forEach(line -> LOG.warn("{}", line));
    }

    private static String describe(Result result) {
        String same = result.unchanged().isEmpty() ? "" : "; as before: " + String.join(", ", result.unchanged());
        return (result.reloaded().isEmpty() ? "nothing is new" : "new: " + String.join(", ", result.reloaded())) + same;
    }

    private String line(Throwable failure) {
        String message = failure instanceof ConfigException ? failure.getMessage() : failure.toString();
        return source.map(known -> known.line(message)).orElse(String.valueOf(message));
    }

    private Read read() {
        JsonObject json = source.map(ConfigSource::read).orElse(started);
        NodeConfig config = Node.read(json);
        HttpConfig.Tls tls = config.http().tls();
        return new Read(json, config, certificate == null || tls == null ? null : TlsFiles.read(vertx, tls));
    }

    private Future<Result> apply(Read read) {
        Result result = new Result(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        return authorize(read, result).compose(v -> certify(read.pem(), result)).map(v -> {
            log(read.config().logging(), result);
            result.restart().addAll(Differences.between(started, read.json(), this::isTaken));
            current = read.config();
            return result;
        });
    }

    // ---- who may do what

    /** First, since it may fail, and nothing else can by now. */
    private Future<Void> authorize(Read read, Result result) {
        AuthConfig before = current.auth();
        AuthConfig now = read.config().auth();
        Access access = rules.access().orElse(null);
        if (before == null || now == null || access == null) {
            return Future.succeededFuture();
        }
        AuthOptions options = withTickets(now.options(), before.options());
        Future<Void> done;
        if (options.equals(before.options())) {
            done = access.reread().map(changed -> {
                result.add("auth.jwt", changed);
                return null;
            });
        } else {
            done = Access.open(vertx, options, new CorsRules(current.http().cors())::isFromOwnPage)
                    .compose(Reload::requireKeys)
                    .map(opened -> {
                        rules.replace(opened);
                        addParts(before.options(), options, result);
                        return null;
                    });
        }
        return done.recover(failure ->
                Future.failedFuture(failure instanceof ConfigException ? failure : wrongAuth(failure, read.json())));
    }

    private static Throwable wrongAuth(Throwable failure, JsonObject json) {
        Throwable named = ConfigReader.under("auth", failure, json);
        return named instanceof ConfigException ? named : new ConfigException("auth.jwt: " + failure.getMessage());
    }

    /** Whether there are tickets is a matter of what is served at which path. */
    private static AuthOptions withTickets(AuthOptions now, AuthOptions before) {
        boolean same = (now.tickets() == null) == (before.tickets() == null);
        return same ? now : new AuthOptions(now.jwt(), now.cookie(), before.tickets());
    }

    private static Future<Access> requireKeys(Access opened) {
        if (opened.hasKeys()) {
            return Future.succeededFuture(opened);
        }
        return opened.close()
                .transform(v -> Future.failedFuture(new ConfigException("auth.jwt: the keys cannot be read")));
    }

    private static void addParts(AuthOptions before, AuthOptions now, Result result) {
        result.add("auth.jwt", !now.jwt().equals(before.jwt()));
        if (!Objects.equals(now.cookie(), before.cookie())) {
            result.add("auth.cookie", true);
        }
        if (!Objects.equals(now.tickets(), before.tickets())) {
            result.add("auth.tickets", true);
        }
    }

    // ---- the certificate, and the log

    private Future<Void> certify(@Nullable PemKeyCertOptions pem, Result result) {
        if (certificate == null || pem == null) {
            return Future.succeededFuture();
        }
        boolean changed = !certificate.isSame(pem);
        result.add("http.tls", changed);
        return changed ? certificate.replace(pem) : Future.succeededFuture();
    }

    /** An application has the log that it likes. */
    private void log(LoggingConfig logging, Result result) {
        if (source.isEmpty()) {
            return;
        }
        boolean changed = !logging.equals(current.logging());
        result.add("logging", changed);
        if (changed) {
            Logging.ofProcess().ifPresent(log -> log.configure(logging));
        }
    }

    /** Whether a difference at a path has an effect now. */
    private boolean isTaken(String path) {
        return (path.startsWith("http.tls.") && certificate != null)
                || (path.startsWith("auth.") && rules.areKnown() && !path.equals("auth.tickets"))
                || (source.isPresent() && (path + ".").startsWith("logging."));
    }

    // ---- the signal

    /** Reloads at each SIGHUP, in a process of its own. The result undoes that. */
    Runnable onHangup() {
        return source.isPresent() ? Hangup.handle(() -> run().otherwiseEmpty()) : () -> {};
    }
}
