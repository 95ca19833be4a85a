package io.sluice.node;

import java.util.Objects;

/** The version of Sluice in the jar's manifest. */
final class Version {

    private Version() {}

    static String current() {
        return Objects.requireNonNullElse(Version.class.getPackage().getImplementationVersion(), "(development)");
    }
}
