/**
 * Who may read and write what.
 *
 * <pre>
 *    a request --> Access            the one place that every door asks: who is it, and what may they do?
 *                     |                 Carrier: where the credential is, Authorization | cookie | ?ticket=
 *          TokenVerifier | Tickets   is it good?
 *                     |
 *                  Rights            the topics of a stream that may be read, and written; until when
 *                     |                 Right: one of them, {@code chat/{sub}} or {@code prices#eur.>}
 *                  the door
 * </pre>
 *
 * <p>The event bus and its bridge are trusted, and ask nobody.
 */
@NullMarked
package io.sluice.auth;

import org.jspecify.annotations.NullMarked;
