package io.sluice.webroot;

import io.vertx.core.Future;
import io.vertx.core.file.AsyncFile;
import io.vertx.core.file.FileSystem;
import io.vertx.core.file.OpenOptions;
import io.vertx.core.http.HttpServerResponse;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A regular file of the disk.
 *
 * @param path the file itself, which is no link
 * @param time when it was last modified
 */
record DiskFile(FileSystem disk, String name, Path path, long size, FileTime time) implements StaticFile {

    private static final int READ_BYTES = 64 << 10;

    /** From the time and the size, as web servers have it; two nodes with copies of one file agree if their copies keep the time. */
    @Override
    public String etag() {
        return '"' + Long.toHexString(time.to(TimeUnit.NANOSECONDS)) + '-' + Long.toHexString(size) + '"';
    }

    @Override
    public Optional<Instant> modified() {
        return Optional.of(time.toInstant());
    }

    /** Reads on other threads, no faster than the client does, and no further than the file went when it was found. */
    @Override
    public Future<Void> send(HttpServerResponse response, ByteRange part) {
        OpenOptions toRead = new OpenOptions().setWrite(false).setCreate(false);
        return disk.open(path.toString(), toRead).compose(file -> {
            pump(
                    file.setReadBufferSize(READ_BYTES).setReadPos(part.from()).setReadLength(part.length()),
                    response,
                    part);
            return Future.succeededFuture();
        });
    }

    private static void pump(AsyncFile file, HttpServerResponse response, ByteRange part) {
        file.pipe()
                .endOnComplete(false)
                .to(response)
                .eventually(file::close)
                .onComplete(sent -> finish(response, part));
    }

    /** If the file has become shorter, the client sees by the broken connection that it does not have all. */
    private static void finish(HttpServerResponse response, ByteRange part) {
        if (response.closed()) {
            return;
        }
        if (response.bytesWritten() < part.length()) {
            response.reset();
        } else {
            response.end();
        }
    }
}
