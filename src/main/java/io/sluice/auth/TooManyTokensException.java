package io.sluice.auth;

/** Too many new tokens wait for their check, so that nobody can say now whether one more is good. The message is for the client. */
final class TooManyTokensException extends RuntimeException {

    private static final long serialVersionUID = 1;

    TooManyTokensException() {
        super("more new tokens than can be checked: expected to be asked again later");
    }
}
