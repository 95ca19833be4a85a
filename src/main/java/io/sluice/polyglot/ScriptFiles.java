package io.sluice.polyglot;

import io.vertx.core.spi.file.FileResolver;
import java.io.IOException;
import java.net.URI;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AccessMode;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.graalvm.polyglot.io.FileSystem;

/**
 * The file system of scripts: the disk, with the class path under the working directory, so that {@code import './other.js'}
 * finds its file beside the script in either. Vert.x copies a file of the class path to the disk. Any thread.
 */
final class ScriptFiles implements FileSystem {

    private static final Path DIRECTORY = Path.of("").toAbsolutePath();

    private final FileResolver classPath;

    ScriptFiles(FileResolver classPath) {
        this.classPath = classPath;
    }

    /** The path of this file in this file system. */
    Optional<Path> find(String name) {
        Path path = toRealPath(Path.of(name));
        return readable(path).map(file -> path);
    }

    /** The path relative to the working directory, if it is below that. */
    static String show(Path path) {
        return (path.startsWith(DIRECTORY) ? DIRECTORY.relativize(path) : path).toString();
    }

    private Optional<Path> readable(Path path) {
        if (Files.isRegularFile(path) || !path.startsWith(DIRECTORY)) {
            return Optional.of(path).filter(Files::isRegularFile);
        }
        return Optional.of(classPath.resolve(show(path)).toPath()).filter(Files::isRegularFile);
    }

    private Path require(Path path) throws NoSuchFileException {
        return readable(toRealPath(path)).orElseThrow(() -> new NoSuchFileException(show(path)));
    }

    @Override
    public Path parsePath(URI uri) {
        return Path.of(uri);
    }

    @Override
    public Path parsePath(String path) {
        return Path.of(path);
    }

    @Override
    public Path toAbsolutePath(Path path) {
        return DIRECTORY.resolve(path);
    }

    /** Follows no links: the class path has none. */
    @Override
    public Path toRealPath(Path path, LinkOption... options) {
        return toAbsolutePath(path).normalize();
    }

    @Override
    public void checkAccess(Path path, Set<? extends AccessMode> modes, LinkOption... options) throws IOException {
        require(path);
    }

    @Override
    public SeekableByteChannel newByteChannel(
            Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes) throws IOException {
        return Files.newByteChannel(require(path));
    }

    @Override
    public Map<String, Object> readAttributes(Path path, String attributes, LinkOption... options) throws IOException {
        return Files.readAttributes(require(path), attributes, options);
    }

    // ---- operations that an import never uses; a script reaches the files themselves by Java.type

    @Override
    public DirectoryStream<Path> newDirectoryStream(Path path, DirectoryStream.Filter<? super Path> filter) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void createDirectory(Path path, FileAttribute<?>... attributes) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void delete(Path path) {
        throw new UnsupportedOperationException();
    }
}
