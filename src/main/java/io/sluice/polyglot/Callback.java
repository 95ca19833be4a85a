package io.sluice.polyglot;

import java.util.Arrays;
import org.graalvm.polyglot.Value;
import org.graalvm.polyglot.proxy.ProxyExecutable;
import org.jspecify.annotations.Nullable;

/** A script's function as a Java interface with one method. The script's event loop only. */
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
        // A call that was under way when the script closed comes too late.
        if (script.isClosed()) {
            return null;
        }
        return script.enter(
                name,
                () -> answer(function.execute(
                        Arrays.stream(arguments).map(conversion::toScript).toArray())));
    }

    /** Most callers ignore the answer, so the failure of an async function is reported here. */
    private @Nullable Object answer(Value value) {
        return value.canInvokeMember("then")
                ? conversion.settled(value).map(conversion::toJava).onFailure(script::report)
                : conversion.toJava(value);
    }
}
