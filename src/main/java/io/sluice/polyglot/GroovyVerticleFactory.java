package io.sluice.polyglot;

import io.vertx.core.Deployable;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.spi.VerticleFactory;
import java.util.concurrent.Callable;

/**
 * Verticles in Groovy, {@code groovy:Ticker.groovy}, as vertx-lang-groovy makes them. This factory comes before that one: a
 * script in the working directory goes before one in the class path, and where one fails, a line says at which of its own.
 */
public final class GroovyVerticleFactory implements VerticleFactory {

    private static final Language GROOVY = new Language("Groovy", "io.vertx.lang.groovy.GroovyVerticleFactory");

    @Override
    public String prefix() {
        return "groovy";
    }

    @Override
    public int order() {
        return -1;
    }

    /** Leaves it to the verticle to fail: Vert.x would ask the other factory, and have its word. */
    @Override
    public void createVerticle2(String name, ClassLoader loader, Promise<Callable<? extends Deployable>> promise) {
        String script = VerticleFactory.removePrefix(name);
        promise.complete(() -> GROOVY.isMissing()
                ? context -> Future.failedFuture(GROOVY.missing())
                : new GroovyVerticle(script, loader));
    }
}
