package io.sluice.cli;

/** What a command says when it is ended from outside: by Ctrl-C, or SIGTERM. */
final class Goodbye {

    private final Thread hook;

    private Goodbye(Runnable words) {
        this.hook = new Thread(words, "goodbye");
    }

    static Goodbye says(Runnable words) {
        Goodbye goodbye = new Goodbye(words);
        Runtime.getRuntime().addShutdownHook(goodbye.hook);
        return goodbye;
    }

    /** The command has ended by itself. */
    void cancel() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // It ends from outside at the same time.
        }
    }
}
