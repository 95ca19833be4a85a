package io.sluice.polyglot;

import io.vertx.core.Deployable;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.spi.VerticleFactory;
import java.util.concurrent.Callable;

/**
 * Verticles in Groovy, {@code groovy:Ticker.groovy}, which vertx-lang-groovy makes. Vert.x asks this factory before that one. A
 * script in the working directory comes before one in the class path, and a failure names the script's line.
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

    /** Without Groovy the verticle fails, not the factory: Vert.x would then ask the other factory, and report its failure. */
    @Override
    public void createVerticle2(String name, ClassLoader loader, Promise<Callable<? extends Deployable>> promise) {
        String script = VerticleFactory.removePrefix(name);
        promise.complete(() -> GROOVY.isMissing()
                ? context -> Future.failedFuture(GROOVY.missing())
                : new GroovyVerticle(script, loader));
    }
}
