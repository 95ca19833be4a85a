package io.sluice.polyglot;

/**
 * A language that may be in the class path.
 *
 * @param name what people call it
 * @param type a class without which nothing runs in it
 */
record Language(String name, String type) {

    boolean isMissing() {
        return Language.class.getClassLoader().getResource(type.replace('.', '/') + ".class") == null;
    }

    ScriptException missing() {
        return new ScriptException("expected " + name + " in the class path: sluice-polyglot.jar has it");
    }
}
