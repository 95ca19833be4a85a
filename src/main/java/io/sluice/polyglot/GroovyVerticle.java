package io.sluice.polyglot;

import io.vertx.core.Context;
import io.vertx.core.Deployable;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.lang.groovy.GroovyVerticleFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A script that vertx-lang-groovy deploys. A failure is one line, with the script's file and line if they are known. */
final class GroovyVerticle implements Deployable {

    /** The compiler's message: {@code Ticker.groovy: 3: Unexpected input: '=' @ line 3, column 9.} */
    private static final Pattern COMPILER = Pattern.compile("(?m)^\\S+\\.groovy: (\\d+): (.*)$");

    private final String file;
    private final ClassLoader loader;
    /** Event loop only. */
    private @Nullable Deployable script;

    /** @param file the name in the deployment, without the prefix */
    GroovyVerticle(String file, ClassLoader loader) {
        this.file = file;
        this.loader = loader;
    }

    @Override
    public Future<?> deploy(Context context) {
        GroovyBusExtension.enable(context);
        return compile(context.owner())
                .compose(made -> start(made, context))
                .recover(failure -> Future.failedFuture(explain(failure)));
    }

    private Future<Callable<? extends Deployable>> compile(Vertx vertx) {
        Path path = Path.of(file).toAbsolutePath();
        boolean onDisk = Files.isRegularFile(path);
        if (!onDisk && loader.getResource(file) == null) {
            return Future.failedFuture(ScriptException.noFile());
        }
        GroovyVerticleFactory factory = new GroovyVerticleFactory();
        factory.init(vertx);
        Promise<Callable<? extends Deployable>> compiled = Promise.promise();
        factory.createVerticle2(onDisk ? path.toString() : file, loader, compiled);
        return compiled.future();
    }

    private Future<?> start(Callable<? extends Deployable> made, Context context) {
        try {
            Deployable verticle = made.call();
            script = verticle;
            return verticle.deploy(context);
        } catch (Exception | LinkageError failure) {
            return Future.failedFuture(failure);
        }
    }

    private ScriptException explain(Throwable failure) {
        if (failure instanceof ScriptException known) {
            return known;
        }
        Matcher compiler = COMPILER.matcher(String.valueOf(failure.getMessage()));
        return new ScriptException(
                compiler.find()
                        ? file + ':' + compiler.group(1) + ": " + compiler.group(2)
                        : line(failure).map(line -> file + ':' + line + ": ").orElse("") + failure);
    }

    /** The line of the innermost call that is in the script. */
    private Optional<Integer> line(Throwable failure) {
        String name = String.valueOf(Path.of(file).getFileName());
        return Arrays.stream(failure.getStackTrace())
                .filter(frame -> name.equals(frame.getFileName()) && frame.getLineNumber() > 0)
                .map(StackTraceElement::getLineNumber)
                .findFirst();
    }

    @Override
    public Future<?> undeploy(Context context) throws Exception {
        return script == null ? Future.succeededFuture() : script.undeploy(context);
    }
}
