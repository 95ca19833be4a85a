package io.sluice.node;

import io.vertx.ext.web.handler.FileSystemAccess;
import io.vertx.ext.web.handler.StaticHandler;
import java.nio.file.Files;
import java.nio.file.Path;

/** The files that a node serves at {@code /}. */
final class Webroot {

    /** The demo in the jar. */
    static final String BUNDLED = "io/sluice/node/webroot";

    private Webroot() {}

    /** Serves a directory, or the demo in the jar if there is none. */
    static StaticHandler handler(String webroot) {
        StaticHandler files = isDirectory(webroot)
                ? StaticHandler.create(
                        Path.of(webroot).isAbsolute() ? FileSystemAccess.ROOT : FileSystemAccess.RELATIVE, webroot)
                : StaticHandler.create(BUNDLED);
        // An edited page shows at once.
        return files.setMaxAgeSeconds(0).setFilesReadOnly(false).setIncludeHidden(false);
    }

    static boolean isDirectory(String webroot) {
        return Files.isDirectory(Path.of(webroot));
    }
}
