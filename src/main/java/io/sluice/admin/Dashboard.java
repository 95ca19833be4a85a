package io.sluice.admin;

import io.sluice.webroot.Webroot;
import java.util.List;
import java.util.stream.Stream;

/** The page of those who run a node, in the jar: {@code /dashboard/}. */
public final class Dashboard {

    /** The path of the page, and the directory of its files in this package. */
    public static final String PATH = "/dashboard";

    private static final String PACKAGE = "io/sluice/admin/";

    /** All files of the directory. */
    static final List<String> NAMES = Stream.of(
                    "index.html",
                    "charts.js",
                    "dashboard.js",
                    "favicon.svg",
                    "format.js",
                    "history.js",
                    "passing.js",
                    "reports.js",
                    "style.css",
                    "tables.js",
                    "vendor/uPlot.esm.js",
                    "vendor/uPlot.min.css")
            .map(name -> "dashboard/" + name)
            .toList();

    private Dashboard() {}

    /** A handler that serves the files of the page. */
    public static Webroot files() {
        return Webroot.bundled(PACKAGE, NAMES);
    }
}
