package io.sluice.polyglot;

/** A script cannot run, or has failed. The message is one line, with file and line if they are known. */
public final class ScriptException extends RuntimeException {

    private static final long serialVersionUID = 1;

    ScriptException(String message) {
        super(message.lines().findFirst().orElse(message), null, false, false);
    }

    static ScriptException noFile() {
        return new ScriptException("no such file: expected in the working directory, " + System.getProperty("user.dir")
                + ", or in the class path");
    }
}
