package io.sluice.polyglot;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.graalvm.polyglot.PolyglotException;
import org.graalvm.polyglot.Value;
import org.graalvm.polyglot.proxy.ProxyExecutable;
import org.graalvm.polyglot.proxy.ProxyObject;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One script that runs: its globals, its entry, its end. Each call of it goes through {@link #enter} or {@link #later}, on its
 * event loop, and none comes after {@link #close()}.
 */
final class Script {

    private static final Logger LOG = LoggerFactory.getLogger(Script.class);

    private final String name;
    private final ContextInternal eventLoop;
    private final org.graalvm.polyglot.Context context;
    private final Prelude prelude;
    private final Conversion conversion;
    private final ScriptCalls calls = new ScriptCalls();
    private final BusyWatch watch;
    /** Set once the module has run. */
    private @Nullable Value exports;

    private final Promise<Void> gone = Promise.promise();
    /** Written on the event loop. */
    private volatile boolean closed;

    private Script(String name, ContextInternal eventLoop, JsEngine.Prepared prepared) {
        this.name = name;
        this.eventLoop = eventLoop;
        this.context = prepared.context();
        this.prelude = prepared.prelude();
        this.conversion = new Conversion(this, context, prelude);
        this.watch = BusyWatch.open(name, calls, context.getEngine(), BusyWatch.PATIENCE);
    }

    /** @param name the name in the deployment, {@code js:ticker.js} */
    static Script open(String name, Context eventLoop, JsEngine.Prepared prepared) {
        Script script = new Script(name, (ContextInternal) eventLoop, prepared);
        eventLoop.exceptionHandler(script::report);
        // Vert.x does not undeploy a verticle that has not started yet; it only closes its context.
        script.eventLoop.addCloseHook(closing -> script.close().onComplete(closing));
        Value globals = prepared.context().getBindings(JsEngine.LANGUAGE);
        globals.putMember("vertx", script.conversion.toScript(eventLoop.owner()));
        globals.putMember(
                "config",
                script.conversion.toScript(Objects.requireNonNullElseGet(eventLoop.config(), JsonObject::new)));
        globals.putMember("console", script.console());
        return script;
    }

    private ProxyObject console() {
        Logger log = LoggerFactory.getLogger("js." + name.replaceAll("^js:|\\.m?js$", ""));
        return ProxyObject.fromMap(Map.of(
                "debug", says(log::debug),
                "log", says(log::info),
                "info", says(log::info),
                "warn", says(log::warn),
                "error", says(log::error)));
    }

    private ProxyExecutable says(Consumer<String> level) {
        return words -> {
            level.accept(Arrays.stream(words).map(prelude::text).collect(Collectors.joining(" ")));
            return null;
        };
    }

    /** Runs the module, then its {@code vertxStart}. */
    Future<Void> start(Path module) {
        return attempt("its start", () -> prelude.load(module)).compose(namespace -> {
            exports = namespace;
            return call("vertxStart");
        });
    }

    /** Runs {@code vertxStop}, if the module exports it. */
    Future<Void> stop() {
        return call("vertxStop");
    }

    private Future<Void> call(String export) {
        Value function = exports == null ? null : exports.getMember(export);
        return function == null || !function.canExecute()
                ? Future.succeededFuture()
                : attempt(export, function::execute).mapEmpty();
    }

    /** Enters the script. If the entry answers with a promise, completes with the promise. */
    private Future<Value> attempt(String where, Supplier<Value> entry) {
        Future<Value> settled;
        try {
            settled = enter(where, () -> conversion.settled(entry.get()));
        } catch (RuntimeException failure) {
            settled = Future.failedFuture(failure);
        }
        return settled.recover(failure -> Future.failedFuture(explain(failure)));
    }

    /** Whether this is the event loop in the script's context. A worker that blocks for the script has the context, too. */
    private boolean isHere() {
        ContextInternal here = ContextInternal.current();
        return eventLoop.inThread() && here != null && here.unwrap() == eventLoop.unwrap();
    }

    /** Calls the script now. */
    <T extends @Nullable Object> T enter(String where, Supplier<T> entry) {
        if (!isHere()) {
            throw new IllegalStateException(name + " runs on its own event loop: expected no call of " + where
                    + " from " + Thread.currentThread().getName());
        }
        return calls.run(where, entry);
    }

    /** Calls the script on its event loop, at once if this is it. A failure is reported. */
    void later(String where, Runnable entry) {
        if (closed) {
            return;
        } else if (!isHere()) {
            eventLoop.runOnContext(v -> later(where, entry));
        } else {
            try {
                calls.run(where, () -> {
                    entry.run();
                    return true;
                });
            } catch (RuntimeException failure) {
                report(failure);
            }
        }
    }

    boolean isClosed() {
        return closed;
    }

    // ---- failures

    /** Logs a failure for which no caller waits. The script keeps running. */
    void report(Throwable failure) {
        // After the end no failure matters. Vert.x reports one, too, when a start completes that it has given up.
        if (closed) {
            return;
        }
        if (failure instanceof PolyglotException guest && !guest.isInternalError()) {
            LOG.error("{}: {}{}", name, explain(guest).getMessage(), Position.stack(guest));
        } else {
            LOG.error("{}: {}", name, failure.getMessage(), failure);
        }
    }

    private static ScriptException explain(Throwable failure) {
        if (!(failure instanceof PolyglotException guest)) {
            return failure instanceof ScriptException known ? known : new ScriptException(failure.toString());
        }
        String what = guest.isHostException()
                ? guest.asHostException().toString()
                : String.valueOf(guest.getMessage()).replaceFirst("^(SyntaxError: )\\S+:\\d+:\\d+ ", "$1");
        return new ScriptException(
                Position.of(guest).map(position -> position + ": ").orElse("") + what);
    }

    // ---- its end

    /** Ends all calls. The next task closes the context, since the script itself may be the caller. */
    Future<Void> close() {
        if (!closed) {
            closed = true;
            watch.close();
            eventLoop.runOnContext(v -> {
                try {
                    context.close(true);
                    gone.complete();
                } catch (RuntimeException e) {
                    gone.fail(e);
                }
            });
        }
        return gone.future();
    }
}
