package io.sluice.testing.client;

import io.sluice.testing.process.NpmPackages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What axe-core finds in a page that keeps people from it. */
public final class Accessibility {

    private final Path packages;
    private final String axe;

    private Accessibility(Path packages, String axe) {
        this.packages = packages;
        this.axe = axe;
    }

    /** Fetches it from npm, into a directory of the test alone: others may do the same meanwhile. */
    public static Accessibility fetch(Path directory) throws IOException, InterruptedException {
        NpmPackages.install(Path.of("src", "test", "accessibility"), directory);
        Path packages = directory.resolve("node_modules");
        return new Accessibility(packages, Files.readString(packages.resolve("axe-core/axe.min.js")));
    }

    /** A file of the packages. */
    public Path file(String path) {
        return packages.resolve(path);
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
