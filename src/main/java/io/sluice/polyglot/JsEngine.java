package io.sluice.polyglot;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.graalvm.polyglot.Context;
import org.graalvm.polyglot.Engine;
import org.graalvm.polyglot.Source;
import org.graalvm.polyglot.io.IOAccess;
import org.jspecify.annotations.Nullable;

/**
 * Shared by the scripts of one Vert.x: an {@link Engine}, which holds the parsed code. It holds only memory, so it is never
 * closed. Any thread.
 */
final class JsEngine {

    static final String LANGUAGE = "js";

    /** A context in which no script has run yet. */
    record Prepared(Context context, Prelude prelude) {}

    private static final Source PRELUDE = prelude();

    /** Loads the classes of GraalJS that scripts need; that takes too long for an event loop. */
    private static final String WARM_UP = "io/sluice/polyglot/warm-up.js";

    static {
        // Truffle would unpack a library into the user's home at each start. The library is for the Graal compiler, and
        // sluice-polyglot.jar does not have it.
        if (System.getProperty("polyglotimpl.AttachLibraryFailureAction") == null) {
            System.setProperty("polyglotimpl.AttachLibraryFailureAction", "ignore");
        }
    }

    private @Nullable Engine engine;

    private static Source prelude() {
        try (InputStream in = Objects.requireNonNull(JsEngine.class.getResourceAsStream("prelude.js"), "prelude.js")) {
            return Source.newBuilder(LANGUAGE, new InputStreamReader(in, StandardCharsets.UTF_8), "prelude.js")
                    .internal(true)
                    .build();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Makes a context for a script. Blocks: the first call for a second or more. */
    synchronized Prepared prepare(ScriptFiles files, ClassLoader loader) {
        if (engine == null) {
            engine = newEngine();
            try (Context trial = newContext(engine, files, loader)) {
                Prelude.of(trial.eval(PRELUDE)).load(files.find(WARM_UP).orElseThrow());
            }
        }
        Context context = newContext(engine, files, loader);
        return new Prepared(context, Prelude.of(context.eval(PRELUDE)));
    }

    private static Context newContext(Engine engine, ScriptFiles files, ClassLoader loader) {
        return Context.newBuilder(LANGUAGE)
                .engine(engine)
                .allowHostAccess(Conversion.HOST_ACCESS)
                // Scripts have the rights of the node.
                .allowHostClassLookup(type -> true)
                .hostClassLoader(loader)
                .allowIO(IOAccess.newBuilder().fileSystem(files).build())
                .option("js.unhandled-rejections", "throw")
                .build();
    }

    private static Engine newEngine() {
        return Engine.newBuilder(LANGUAGE)
                // A stock JDK has no Graal compiler.
                .option("engine.WarnInterpreterOnly", "false")
                .build();
    }
}
