/**
 * The files of a node: of a directory, or those in the jar: the demo, the page of those who run it.
 *
 * <pre>
 *   GET /sub/app.js  -->  Webroot  -->  FilePath      what the path may name
 *                            |
 *                            +------->  StaticFiles   DirectoryFiles on a worker, BundledFiles in memory
 *                            |               |
 *                            |          StaticFile    DiskFile, MemoryFile
 *                            |
 *                            +------->  Preconditions 304 and 412
 *                            +------->  ByteRange     206 and 416
 * </pre>
 *
 * <p>Vert.x' {@code StaticHandler} cannot be made to do this. It follows links out of its directory, waits for ever at a named
 * pipe, has no ETag and no If-Range, unpacks all of the jar's {@code io} to serve one file of it, and searches the class path for
 * each file that is missing. It sends with {@code sendFile}: over TLS and io_uring an event loop spins for good when the file is
 * cut meanwhile, because Netty's {@code ChunkedNioFile} is then never at its end, and each client that leaves early is logged
 * with a stack trace.
 */
@NullMarked
package io.sluice.webroot;

import org.jspecify.annotations.NullMarked;
