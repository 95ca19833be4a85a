package io.sluice.webroot;

import io.vertx.core.Future;
import java.util.Optional;

/** Where the files of a webroot are. */
interface StaticFiles {

    /** The file that is served for a directory. */
    String INDEX = "index.html";

    /**
     * The file of this path, or the index of the directory of this path. Any event loop.
     *
     * @return empty if there is none that may be served
     */
    Future<Optional<StaticFile>> find(FilePath path);
}
