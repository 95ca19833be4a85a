package io.sluice.log;

import io.vertx.core.internal.VertxInternal;
import java.util.function.IntConsumer;

/**
 * Everything that the log of a template is made from.
 *
 * @param template the name of the template: {@code chat} for {@code chat/*}
 * @param appended told how many new events have reached the journals of this node, whichever streams they are of
 */
public record TemplateSetup(VertxInternal vertx, String template, TemplateRules rules, IntConsumer appended) {

    /** The full name of a stream of the template, which is its path: {@code chat/42}. */
    public String fullName(String stream) {
        return template + '/' + stream;
    }
}
