package io.sluice.webroot;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;

/**
 * The files of a directory, as they are at each request. The directory may be a link, and may be exchanged for another one
 * meanwhile. A look-up is a few system calls on a worker, for a file that is missing too.
 */
final class DirectoryFiles implements StaticFiles {

    private final Vertx vertx;
    private final Path directory;
    private final boolean followLinks;

    /** @param followLinks whether a link may lead out of the directory; within it, links are always followed */
    DirectoryFiles(Vertx vertx, Path directory, boolean followLinks) {
        this.vertx = vertx;
        // Vert.x would look in the class path for a relative one.
        this.directory = directory.toAbsolutePath();
        this.followLinks = followLinks;
    }

    @Override
    public Future<Optional<StaticFile>> find(FilePath path) {
        return vertx.executeBlocking(() -> lookUp(path), false);
    }

    private Optional<StaticFile> lookUp(FilePath path) {
        try {
            Path root = directory.toRealPath();
            Path named = root;
            for (String name : path.names()) {
                named = named.resolve(name);
            }
            if (Files.isDirectory(named)) {
                return file(root, named.resolve(INDEX));
            }
            return path.directory() ? Optional.empty() : file(root, named);
        } catch (IOException | InvalidPathException e) {
            // There is no such file, a link goes round in circles, or no file of this system could have this name.
            return Optional.empty();
        }
    }

    /** Only a regular file: whoever opens a named pipe waits for a writer. */
    private Optional<StaticFile> file(Path root, Path named) throws IOException {
        Path real = named.toRealPath();
        BasicFileAttributes attributes = Files.readAttributes(real, BasicFileAttributes.class, NOFOLLOW_LINKS);
        boolean served = (followLinks || real.startsWith(root))
                && isItsName(named)
                && attributes.isRegularFile()
                && Files.isReadable(real);
        return served
                ? Optional.of(new DiskFile(
                        vertx.fileSystem(),
                        String.valueOf(named.getFileName()),
                        real,
                        attributes.size(),
                        attributes.lastModifiedTime()))
                : Optional.empty();
    }

    /** Windows opens a file by other names too: in another case, with dots behind, and {@code GIT~1} for {@code .git}. */
    private static boolean isItsName(Path named) throws IOException {
        return named.toRealPath(NOFOLLOW_LINKS).toString().equals(named.toString());
    }
}
