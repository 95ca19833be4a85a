package io.sluice.auth;

/** A credential that is there and is not good. The message says why, for the client; it repeats nothing of the credential. */
final class BadCredentialException extends RuntimeException {

    private static final long serialVersionUID = 1;

    BadCredentialException(String message) {
        super(message);
    }
}
