package io.sluice.node;

import java.lang.reflect.Field;

/**
 * The warning that JDK 24 and newer print when somebody first uses {@code sun.misc.Unsafe} (JEP 498), which Hazelcast 5.3 does,
 * and GraalJS 25.0; both do without where it is refused. Whoever starts a node can do nothing about it, and no entry of a
 * manifest takes it away, only an option of the JVM. So the JDK is told that it has warned already.
 */
final class UnsafeWarning {

    private UnsafeWarning() {}

    static void silence() {
        try {
            Field warned = Class.forName("sun.misc.Unsafe").getDeclaredField("memoryAccessWarned");
            warned.setAccessible(true); // jdk.unsupported opens this package to all
            warned.setBoolean(null, true);
        } catch (ReflectiveOperationException | RuntimeException e) {
            // an older JDK, which does not warn, or one yet to come
        }
    }
}
