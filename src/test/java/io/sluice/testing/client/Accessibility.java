package io.sluice.testing.client;

import io.sluice.testing.process.NpmPackages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What axe-core finds in a page that keeps people from it. */
public final class Accessibility {

    private static final Path PACKAGES = Path.of("target", "accessibility");

    private final String axe;

    private Accessibility(String axe) {
        this.axe = axe;
    }

    /** Fetches it from npm. */
    public static Accessibility fetch() throws IOException, InterruptedException {
        NpmPackages.install(Path.of("src", "test", "accessibility"), PACKAGES);
        return new Accessibility(Files.readString(file("axe-core/axe.min.js")));
    }

    /** A file of the packages. */
    public static Path file(String path) {
        return PACKAGES.resolve("node_modules").resolve(path);
    }

    /** The serious findings in a page as it is now: their rules, with the elements. */
    public List<String> findings(DemoPage page) {
        page.evaluate("(() => {" + axe + "})()");
        Object found = page.evaluate("""
                axe.run(document, {resultTypes: ['violations']}).then((results) => results.violations
                  .filter((violation) => ['serious', 'critical'].includes(violation.impact))
                  .map((violation) => violation.id + ': ' + violation.nodes.map((node) => node.target).join(', ')))
                """);
        return found instanceof List<?> all
                ? all.stream().map(String::valueOf).toList()
                : List.of("axe found nothing to look at");
    }
}
