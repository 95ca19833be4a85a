package io.sluice.node;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.sluice.log.RareLine;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees each connection of a server before anything else does: closes those over the limit, and begins to time the others. A handler
 * of the listening channel's pipeline, in front of Netty's own. On the acceptor's event loop.
 */
final class Acceptor extends ChannelInboundHandlerAdapter {

    private static final Logger LOG = LoggerFactory.getLogger(Acceptor.class);

    /** What the system says of it, in English everywhere: with the limit of the process, or "in system" behind it. */
    private static final String NO_FILES = "Too many open files";

    private final ConnectionLimits limits;
    private final ConnectionTimers timers;
    private final boolean isTls;
    private final ChannelFutureListener left;
    private final RareLine failed = new RareLine();
    private final AcceptPause pause = new AcceptPause();

    Acceptor(ConnectionLimits limits, ConnectionTimers timers, boolean isTls) {
        this.limits = limits;
        this.timers = timers;
        this.isTls = isTls;
        this.left = closed -> limits.leave();
    }

    /**
     * Puts it before a server that listens, unless another verticle that shares the port has done it. Any thread.
     *
     * @return completes when it is there
     */
    Future<Void> guard(Channel listening) {
        Promise<Void> guarded = Promise.promise();
        listening.eventLoop().execute(() -> {
            if (listening.pipeline().get(Acceptor.class) == null) {
                listening.pipeline().addFirst(this);
            }
            guarded.complete();
        });
        return guarded.future();
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        Channel accepted = (Channel) message;
        if (limits.enter()) {
            accepted.closeFuture().addListener(left);
            timers.accepted(accepted.pipeline(), isTls);
            context.fireChannelRead(message);
        } else {
            accepted.unsafe().closeForcibly();
        }
    }

    /** Usually there is no file descriptor left. Netty tries again after a second, and the client waits. */
    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (String.valueOf(cause.getMessage()).contains(NO_FILES)) {
            pause.noFiles(context.executor());
        } else if (failed.next() >= 0) {
            LOG.warn("cannot accept connections, and tries again each second: {}", cause.toString());
        }
        context.fireExceptionCaught(cause);
    }
}
