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

/** The demo in the jar, some 30 kB. It is read once for all event loops, and served out of memory. */
final class BundledFiles implements StaticFiles {

    /** Within the package of the node, so that it is apart from a {@code webroot} of an application. */
    private static final String DIRECTORY = "io/sluice/node/webroot/";

    static final List<String> NAMES = List.of(
            "app.js",
            "ask.js",
            "conversation.js",
            "copying.js",
            "countdown.js",
            "favicon.svg",
            INDEX,
            "messages.js",
            "stream.js",
            "style.css",
            "views.js");

    static final BundledFiles INSTANCE = new BundledFiles();

    private final Map<String, StaticFile> files =
            NAMES.stream().collect(Collectors.toUnmodifiableMap(Function.identity(), BundledFiles::read));

    private BundledFiles() {}

    private static MemoryFile read(String name) {
        try (InputStream in = BundledFiles.class.getClassLoader().getResourceAsStream(DIRECTORY + name)) {
            return MemoryFile.of(name, Objects.requireNonNull(in, name).readAllBytes());
        } catch (IOException e) {
            throw new IllegalStateException("the jar lacks " + DIRECTORY + name, e);
        }
    }

    @Override
    public Future<Optional<StaticFile>> find(FilePath path) {
        List<String> names = path.names();
        boolean file = names.size() == 1 && !path.directory();
        String name = names.isEmpty() ? INDEX : file ? names.get(0) : "";
        return Future.succeededFuture(Optional.ofNullable(files.get(name)));
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
