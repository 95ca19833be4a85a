package io.sluice.polyglot;

import io.vertx.core.Context;
import io.vertx.core.Deployable;
import io.vertx.core.Future;
import io.vertx.core.internal.VertxInternal;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A script that Vert.x deploys. Each instance has its own context, which is closed when the instance is undeployed. */
final class JsVerticle implements Deployable {

    private final String file;
    private final JsEngine engine;
    private final ClassLoader loader;
    /** Event loop only. */
    private @Nullable Script script;

    /** @param file the name in the deployment, without the prefix */
    JsVerticle(String file, JsEngine engine, ClassLoader loader) {
        this.file = file;
        this.engine = engine;
        this.loader = loader;
    }

    @Override
    public Future<?> deploy(Context context) {
        ScriptFiles files = new ScriptFiles(((VertxInternal) context.owner()).fileResolver());
        return context.executeBlocking(() -> {
                    Path module = files.find(file).orElseThrow(ScriptException::noFile);
                    return new Loaded(module, engine.prepare(files, loader));
                })
                .compose(loaded -> start(Script.open("js:" + file, context, loaded.prepared), loaded.module));
    }

    private record Loaded(Path module, JsEngine.Prepared prepared) {}

    private Future<Void> start(Script opened, Path module) {
        return opened.start(module).onSuccess(v -> script = opened).recover(failure -> opened.close()
                .transform(closed -> Future.failedFuture(failure)));
    }

    @Override
    public Future<?> undeploy(Context context) {
        Script running = script;
        return running == null ? Future.succeededFuture() : running.stop().eventually(running::close);
    }
}
