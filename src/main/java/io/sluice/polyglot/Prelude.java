package io.sluice.polyglot;

import java.nio.file.Path;
import org.graalvm.polyglot.Value;
import org.graalvm.polyglot.proxy.ProxyExecutable;

/** The functions of {@code prelude.js} in one script's context. The script's event loop only. */
record Prelude(Value load, Value parse, Value encode, Value promise, Value text) {

    static Prelude of(Value functions) {
        return new Prelude(
                functions.getMember("load"),
                functions.getMember("parse"),
                functions.getMember("encode"),
                functions.getMember("promise"),
                functions.getMember("text"));
    }

    /** Runs a module. The answer is a promise of its exports. */
    Value load(Path module) {
        return load.execute(module.toUri().toString());
    }

    /** Makes a plain object or an array from JSON. */
    Value parse(String json) {
        return parse.execute(json);
    }

    /** Makes JSON of an object, or undefined if it has none. Bytes become an ArrayBuffer; a promise stays. */
    Value encode(Value object) {
        return encode.execute(object);
    }

    /** Makes a promise. {@code begin} gets two functions: one resolves it, one rejects it with a message and a cause. */
    Value promise(ProxyExecutable begin) {
        return promise.execute(begin);
    }

    String text(Value any) {
        return text.execute(any).asString();
    }
}
