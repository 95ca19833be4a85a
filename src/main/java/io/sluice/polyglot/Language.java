package io.sluice.polyglot;

/**
 * A language that may be in the class path.
 *
 * @param name the usual name
 * @param type a class that every script in it needs
 */
record Language(String name, String type) {

    boolean isMissing() {
        return Language.class.getClassLoader().getResource(type.replace('.', '/') + ".class") == null;
    }

    ScriptException missing() {
        return new ScriptException("expected " + name + " in the class path: sluice-polyglot.jar has it");
    }
}
