package io.sluice.node;

import java.util.Objects;

/** The version of Sluice, as the jar's manifest names it. */
final class Version {

    private Version() {}

    static String current() {
        return Objects.requireNonNullElse(Version.class.getPackage().getImplementationVersion(), "(development)");
    }
}
