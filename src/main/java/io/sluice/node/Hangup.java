package io.sluice.node;

import java.io.FileInputStream;
import java.io.IOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The signal SIGHUP, by {@code sun.misc.Signal}, where there is one: by reflection, since the compiler warns of each use of it.
 *
 * <p>It is also what a terminal sends to its programs when it is closed. Such a program ends, as it would without a handler.
 */
final class Hangup {

    private static final Logger LOG = LoggerFactory.getLogger(Hangup.class);

    private static final String TERMINAL = "/dev/tty";
    private static final int ENDED_BY_HANGUP = 128 + 1;

    private Hangup() {}

    /**
     * Handles the signal, in a thread of its own.
     *
     * @return undoes that
     */
    static Runnable handle(Runnable handler) {
        AtomicBoolean endsWithTerminal = new AtomicBoolean();
        InvocationHandler taking = (proxy, method, arguments) -> {
            if (!method.getName().equals("handle")) {
                return method.getName().equals("equals") ? proxy == arguments[0] : System.identityHashCode(proxy);
            }
            if (endsWithTerminal.get() && !hasTerminal()) {
                System.exit(ENDED_BY_HANGUP);
            }
            handler.run();
            return null;
        };
        try {
            Class<?> type = Class.forName("sun.misc.SignalHandler");
            Object ours = Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, taking);
            Object before = set(ours);
            // "nohup" has the signal ignored: the program is to outlive its terminal.
            boolean wasIgnored = before.equals(type.getField("SIG_IGN").get(null));
            endsWithTerminal.set(!wasIgnored && hasTerminal());
            return () -> restore(before);
        } catch (ReflectiveOperationException | RuntimeException e) {
            // On Windows, or where -Xrs leaves the signals alone.
            LOG.debug("SIGHUP has no handler here: POST /api/reload does the same", e);
            return () -> {};
        }
    }

    private static Object set(Object handler) throws ReflectiveOperationException {
        Class<?> signal = Class.forName("sun.misc.Signal");
        Object hangup = signal.getConstructor(String.class).newInstance("HUP");
        return signal.getMethod("handle", signal, Class.forName("sun.misc.SignalHandler"))
                .invoke(null, hangup, handler);
    }

    private static void restore(Object before) {
        try {
            set(before);
        } catch (ReflectiveOperationException e) {
            LOG.debug("SIGHUP keeps its handler", e);
        }
    }

    /** A process whose terminal is closed can open it no more. */
    private static boolean hasTerminal() {
        try {
            new FileInputStream(TERMINAL).close();
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
