package io.sluice.bridge;

/** Decides whether a bridge takes one more connection. Any thread. */
public interface Admission {

    /** Takes every connection. */
    Admission ANY = new Admission() {

        @Override
        public boolean enter() {
            return true;
        }

        @Override
        public void leave() {}
    };

    /** Counts one more connection, if there is room; then {@link #leave} follows when it has ended. */
    boolean enter();

    /** A connection has ended. */
    void leave();
}
