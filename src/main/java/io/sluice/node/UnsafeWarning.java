package io.sluice.node;

import java.lang.reflect.Field;

/**
 * Hides a warning of four lines that JDK 24 and later print at the first use of {@code sun.misc.Unsafe} (JEP 498). Hazelcast 5.7
 * uses it in every clustered node, and GraalJS 25.0 in every script; both work without it if it is refused.
 *
 * <p>The option {@code --sun-misc-unsafe-memory-access=allow} hides it too, but cannot stand in a manifest: a plain {@code java -jar}
 * would print the warning. So this class sets the JDK's own mark that it has warned already.
 */
final class UnsafeWarning {

    private UnsafeWarning() {}

    static void silence() {
        try {
            Field warned = Class.forName("sun.misc.Unsafe").getDeclaredField("memoryAccessWarned");
            // The module jdk.unsupported opens this package to all.
            warned.setAccessible(true);
            warned.setBoolean(null, true);
        } catch (ReflectiveOperationException | RuntimeException e) {
            // An older JDK, which does not warn, or a later one.
        }
    }
}
