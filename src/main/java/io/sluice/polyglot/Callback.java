package io.sluice.polyglot;

import java.util.Arrays;
import org.graalvm.polyglot.Value;
import org.graalvm.polyglot.proxy.ProxyExecutable;
import org.jspecify.annotations.Nullable;

/** A script's function as Java calls it: as any interface that has one method. On the script's event loop, and no other thread. */
final class Callback implements ProxyExecutable {

    private final Script script;
    private final Value function;
    private final Conversion conversion;
    private final String name;

    Callback(Script script, Value function, Conversion conversion) {
        this.script = script;
        this.function = function;
        this.conversion = conversion;
        this.name = Position.of(function.getSourceLocation())
                .map(position -> "the function at " + position)
                .orElse("a function");
    }

    @Override
    public @Nullable Object execute(Value... arguments) {
        if (script.isClosed()) { // what was under way comes too late
            return null;
        }
        return script.take(
                name,
                () -> answer(function.execute(
                        Arrays.stream(arguments).map(conversion::toScript).toArray())));
    }

    /** Who calls back most often takes no answer, so what an async function throws later is said here. */
    private @Nullable Object answer(Value value) {
        return value.canInvokeMember("then")
                ? conversion.settled(value).map(conversion::toJava).onFailure(script::report)
                : conversion.toJava(value);
    }
}
