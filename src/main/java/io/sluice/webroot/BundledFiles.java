package io.sluice.webroot;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Files in the jar, such as the demo, some 30 kB. They are read once for all event loops, and served out of memory. */
final class BundledFiles implements StaticFiles {

    /** Within the package of the node, so that it is apart from a {@code webroot} of an application. */
    private static final String DIRECTORY = "io/sluice/node/webroot/";

    static final List<String> NAMES = List.of(
            "app.js",
            "ask.js",
            "board.css",
            "board.js",
            "cluster.css",
            "cluster.js",
            "conversation.js",
            "copying.js",
            "countdown.js",
            "cut.js",
            "favicon.svg",
            INDEX,
            "messages.js",
            "node.js",
            "prices.css",
            "prices.js",
            "qr.js",
            "stream.js",
            "style.css",
            "tail.js",
            "vendor/qrcode.js",
            "views.js",
            "wire.js");

    static final BundledFiles INSTANCE = new BundledFiles(DIRECTORY, NAMES);

    /** By their paths within the directory. */
    private final Map<String, StaticFile> files;

    /**
     * Reads files.
     *
     * @param directory in the class path, with a slash at its end
     * @param names of the files, with those of directories between
     */
    BundledFiles(String directory, List<String> names) {
        this.files = names.stream()
                .collect(Collectors.toUnmodifiableMap(Function.identity(), name -> read(directory, name)));
    }

    private static MemoryFile read(String directory, String path) {
        try (InputStream in = BundledFiles.class.getClassLoader().getResourceAsStream(directory + path)) {
            byte[] content = Objects.requireNonNull(in, path).readAllBytes();
            return MemoryFile.of(path.substring(path.lastIndexOf('/') + 1), content);
        } catch (IOException e) {
            throw new IllegalStateException("the jar lacks " + directory + path, e);
        }
    }

    @Override
    public Future<Optional<StaticFile>> find(FilePath path) {
        String name = String.join("/", path.names());
        StaticFile file = path.directory() ? null : files.get(name);
        StaticFile index = files.get(name.isEmpty() ? INDEX : name + '/' + INDEX);
        return Future.succeededFuture(Optional.ofNullable(file == null ? index : file));
    }

    private record MemoryFile(String name, Buffer content, String etag) implements StaticFile {

        static MemoryFile of(String name, byte[] content) {
            return new MemoryFile(name, Buffer.buffer(content), '"' + hash(content) + '"');
        }

        private static String hash(byte[] content) {
            try {
                byte[] hash = MessageDigest.getInstance("SHA-256").digest(content);
                return HexFormat.of().formatHex(hash, 0, 8);
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public long size() {
            return content.length();
        }

        /** The time of the build says nothing. */
        @Override
        public Optional<Instant> modified() {
            return Optional.empty();
        }

        @Override
        public Future<Void> send(HttpServerResponse response, ByteRange part) {
            int from = (int) part.from();
            return response.end(content.slice(from, from + (int) part.length()));
        }
    }
}
