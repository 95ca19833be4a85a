package io.sluice.webroot;

import io.vertx.core.Future;
import io.vertx.core.http.HttpServerResponse;
import java.time.Instant;
import java.util.Optional;

/** A file as it was when it was found. */
interface StaticFile {

    /** Its name, without directories. */
    String name();

    /** In bytes. */
    long size();

    /** A strong validator, in its quotes (RFC 9110 8.8.3). */
    String etag();

    /** When it was last modified, if that is known. */
    Optional<Instant> modified();

    /**
     * Sends bytes of it as the body of a response, whose head is ready, and ends the response. On the event loop of the response.
     *
     * @return fails if no byte was sent
     */
    Future<Void> send(HttpServerResponse response, ByteRange part);
}
