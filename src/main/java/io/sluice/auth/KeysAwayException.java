package io.sluice.auth;

/** The keys of the issuer cannot be had now, so that nobody can say whether a token is good. The message says why. */
final class KeysAwayException extends RuntimeException {

    private static final long serialVersionUID = 1;

    KeysAwayException(String message) {
        super(message);
    }
}
