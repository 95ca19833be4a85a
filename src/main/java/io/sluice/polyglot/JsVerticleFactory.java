package io.sluice.polyglot;

import io.vertx.core.Deployable;
import io.vertx.core.Promise;
import io.vertx.core.spi.VerticleFactory;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * Verticles in JavaScript: {@code js:ticker.js} is an ECMAScript module in the working directory, or else in the class path.
 * GraalJS runs it if GraalJS is in the class path.
 */
public final class JsVerticleFactory implements VerticleFactory {

    private static final Language JAVASCRIPT = new Language("GraalJS", "com.oracle.truffle.js.lang.JavaScriptLanguage");

    /** The first script makes it, since most nodes have no script. */
    private @Nullable JsEngine engine;

    @Override
    public String prefix() {
        return "js";
    }

    @Override
    public void createVerticle2(String name, ClassLoader loader, Promise<Callable<? extends Deployable>> promise) {
        if (JAVASCRIPT.isMissing()) {
            promise.fail(JAVASCRIPT.missing());
            return;
        }
        String script = VerticleFactory.removePrefix(name);
        JsEngine shared = engine();
        promise.complete(() -> new JsVerticle(script, shared, loader));
    }

    private synchronized JsEngine engine() {
        if (engine == null) {
            engine = new JsEngine();
        }
        return engine;
    }
}
