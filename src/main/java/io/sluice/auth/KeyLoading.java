package io.sluice.auth;

import static io.sluice.log.InvalidOptionException.require;

import io.sluice.log.InvalidOptionException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Prepares the verifier for the options of a node: the keys that do not fit are refused at the start. */
final class KeyLoading {

    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration MIN_AGE = Duration.ofSeconds(1);

    private final Vertx vertx;
    private final JwtOptions options;
    private final Clock clock;
    private final @Nullable SignatureAlgorithm only;

    /**
     * @param clock of the node
     * @throws InvalidOptionException if the algorithm is unknown
     */
    KeyLoading(Vertx vertx, JwtOptions options, Clock clock) {
        this.vertx = vertx;
        this.options = options;
        this.clock = clock;
        this.only = options.algorithm() == null ? null : algorithm(options.algorithm());
    }

    private static SignatureAlgorithm algorithm(String name) {
        return SignatureAlgorithm.of(name)
                .orElseThrow(() -> new InvalidOptionException(
                        "jwt.algorithm",
                        '"' + name + '"',
                        "one of " + SignatureAlgorithm.names(Set.of(SignatureAlgorithm.values()))));
    }

    /**
     * Has the keys ready, off the event loop: the first key of a process takes some 100 ms. Those of an issuer that is away may come
     * later.
     *
     * @throws InvalidOptionException if an option is not as it has to be
     */
    Future<TokenVerifier> open() {
        KeySource source = options.keys();
        if (source instanceof KeySource.SharedSecret shared) {
            return vertx.executeBlocking(() -> fixed(secret(shared.secret())));
        }
        if (source instanceof KeySource.PublicKey key) {
            return vertx.executeBlocking(() -> fixed(publicKey(key.pem())));
        }
        Set<SignatureAlgorithm> taken = taken(SignatureAlgorithm.PUBLIC);
        KeyReader reader = new KeyReader(vertx, new IssuerClient(vertx, PATIENCE), taken);
        if (source instanceof KeySource.KeySetFile file) {
            return checked(file, reader)
                    .compose(v -> open(file.file().toString(), file.age(), () -> reader.file(file.file()), taken));
        }
        if (source instanceof KeySource.KeySetUrl set) {
            requireSafe("jwt.jwks", set.url());
            return open(IssuerUrl.shown(set.url()), set.age(), () -> reader.url(set.url()), taken);
        }
        KeySource.Discovery discovery = (KeySource.Discovery) source;
        requireSafe("jwt.discovery", discovery.issuer());
        return open(
                IssuerUrl.shown(discovery.issuer()),
                discovery.age(),
                () -> reader.discovered(discovery.issuer(), options.issuer()),
                taken);
    }

    private static void requireSafe(String option, URI url) {
        require(IssuerUrl.isSafe(url), option, '"' + IssuerUrl.shown(url) + '"', IssuerUrl.EXPECTED);
    }

    /** A file that is not there at the start is a mistake, and will not come. */
    private Future<KeySet> checked(KeySource.KeySetFile source, KeyReader reader) {
        return reader.file(source.file())
                .recover(failure -> Future.failedFuture(new InvalidOptionException(
                        "jwt.jwks",
                        '"' + source.file().toString() + "\", " + failure.getMessage(),
                        "a file with a JSON Web Key Set")));
    }

    private Future<TokenVerifier> open(
            String name, Duration age, Supplier<Future<KeySet>> source, Set<SignatureAlgorithm> taken) {
        require(age.compareTo(MIN_AGE) >= 0, "jwt.jwksAge", age, "1s or more");
        IssuerKeys keys = new IssuerKeys(vertx, name, source, IssuerKeys.Pace.of(age), System::nanoTime);
        return keys.start().map(v -> new JwtVerifier(vertx, keys, taken, options, clock));
    }

    private static VerificationKey secret(Secret secret) {
        try {
            return VerificationKey.of(secret.bytes());
        } catch (IllegalArgumentException e) {
            throw new InvalidOptionException(
                    "jwt.secret", Objects.requireNonNull(e.getMessage()), "32 bytes or more, by chance");
        }
    }

    private static VerificationKey publicKey(String pem) {
        try {
            return VerificationKey.of(PemKey.parse(pem));
        } catch (IllegalArgumentException e) {
            throw new InvalidOptionException(
                    "jwt.publicKey",
                    Objects.requireNonNull(e.getMessage()),
                    "file:PATH, or the PEM text itself, of a public key or certificate: RSA of 2048 to 8192 bits, or of the curve P-256, P-384, or P-521");
        }
    }

    private TokenVerifier fixed(VerificationKey key) {
        Set<SignatureAlgorithm> taken = taken(key.algorithms());
        KeySet keys = KeySet.of(vertx, List.of(key), taken, null).orElseThrow();
        return new JwtVerifier(vertx, Keys.fixed(keys), taken, options, clock);
    }

    /** Those that are taken of what the keys are for. */
    private Set<SignatureAlgorithm> taken(Set<SignatureAlgorithm> possible) {
        if (only == null) {
            return possible;
        }
        require(
                possible.contains(only),
                "jwt.algorithm",
                "\"" + only + '"',
                "one that fits the key: " + SignatureAlgorithm.names(possible));
        return Set.of(only);
    }
}
