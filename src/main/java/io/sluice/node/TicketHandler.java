package io.sluice.node;

import io.sluice.auth.IssuedTicket;
import io.sluice.stream.TopicFilter;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.HttpException;

/**
 * Makes a ticket, {@code POST /tickets}: for a page that can send an {@code EventSource} neither a header nor a cookie, to read one
 * stream with the rights of the token that it has. After {@link AccessRules#ticketHolders}. Event loop only.
 */
final class TicketHandler implements Handler<RoutingContext> {

    static final String PATH = "/tickets";

    private final AccessRules rules;
    private final NodeConfig config;
    private final JsonBody body;

    /** @param pending what bounds the memory of all bodies */
    TicketHandler(AccessRules rules, NodeConfig config, PendingBodies pending) {
        this.rules = rules;
        this.config = config;
        this.body = new JsonBody(config.http().timeouts().body(), pending);
    }

    @Override
    public void handle(RoutingContext routing) {
        body.read(routing)
                .map(read -> issue(routing, read))
                .onComplete(ticket -> answer(routing, ticket), failure -> BodyReader.fail(routing, failure));
    }

    private IssuedTicket issue(RoutingContext routing, Buffer read) {
        TicketRequest request = TicketRequest.read(read, config.http().limits().maxTopics());
        String stream = request.stream();
        TopicFilter topics = rules.readable(routing, stream, config.read(stream).orElse(Read.TOKEN));
        TopicFilter both = both(request.topics(), topics);
        if (both.isNone()) {
            throw new HttpException(403, "no right to read " + stream + (topics.isNone() ? "" : " about these topics"));
        }
        // Only who may read a stream gets to know whether it is there.
        if (config.read(stream).isEmpty()) {
            throw new HttpException(404, "no stream " + stream + " here");
        }
        return rules.ticket(routing, stream, both);
    }

    private static TopicFilter both(TopicFilter asked, TopicFilter readable) {
        try {
            return asked.and(readable);
        } catch (IllegalArgumentException e) {
            throw new HttpException(400, "topics: " + e.getMessage());
        }
    }

    static void answer(RoutingContext routing, IssuedTicket ticket) {
        routing.response()
                .putHeader("Content-Type", BodyType.JSON.mediaType())
                .putHeader("Cache-Control", "no-store")
                .putHeader("X-Content-Type-Options", "nosniff")
                .end(new JsonObject()
                        .put("ticket", ticket.text())
                        .put("expires", ticket.expires().toString())
                        .toBuffer());
    }
}
