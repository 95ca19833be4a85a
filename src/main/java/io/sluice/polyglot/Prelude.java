package io.sluice.polyglot;

import java.nio.file.Path;
import org.graalvm.polyglot.Value;
import org.graalvm.polyglot.proxy.ProxyExecutable;

/** The functions of {@code prelude.js}, in one script's context. Its event loop only. */
record Prelude(Value load, Value parse, Value encode, Value promise, Value text) {

    static Prelude of(Value functions) {
        return new Prelude(
                functions.getMember("load"),
                functions.getMember("parse"),
                functions.getMember("encode"),
                functions.getMember("promise"),
                functions.getMember("text"));
    }

    /** Runs a module; a promise of what it exports. */
    Value load(Path module) {
        return load.execute(module.toUri().toString());
    }

    /** A plain object, or an array, from JSON. */
    Value parse(String json) {
        return parse.execute(json);
    }

    /** JSON, or undefined where it has none; an ArrayBuffer for bytes; a promise as it is. */
    Value encode(Value object) {
        return encode.execute(object);
    }

    /** A promise that the two functions given to {@code begin} resolve, and reject with a message and a cause. */
    Value promise(ProxyExecutable begin) {
        return promise.execute(begin);
    }

    String text(Value any) {
        return text.execute(any).asString();
    }
}
