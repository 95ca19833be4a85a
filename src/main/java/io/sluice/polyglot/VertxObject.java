package io.sluice.polyglot;

import java.util.Arrays;
import org.graalvm.polyglot.Value;
import org.graalvm.polyglot.proxy.ProxyExecutable;
import org.graalvm.polyglot.proxy.ProxyObject;

/**
 * An object of Vert.x in a script: all its public methods by their names. Parameters and answers are values of JavaScript. Event
 * loop only.
 */
final class VertxObject implements ProxyObject {

    private final Object target;
    private final Value members;
    private final Conversion conversion;

    VertxObject(Object target, Value members, Conversion conversion) {
        this.target = target;
        this.members = members;
        this.conversion = conversion;
    }

    Object target() {
        return target;
    }

    @Override
    public Object getMember(String name) {
        return (ProxyExecutable) arguments -> conversion.toScript(members.invokeMember(
                name, Arrays.stream(arguments).map(conversion::toJava).toArray()));
    }

    @Override
    public boolean hasMember(String name) {
        return members.canInvokeMember(name);
    }

    @Override
    public Object getMemberKeys() {
        return members.getMemberKeys().toArray();
    }

    @Override
    public void putMember(String name, Value value) {
        throw new UnsupportedOperationException("an object of Vert.x has methods only");
    }
}
