package io.sluice.log;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.ContextInternal;
import java.util.List;
import java.util.function.Function;

/**
 * The other nodes of a cluster, as a node asks them for what it has missed of a shard. Questions and answers are bytes.
 *
 * <p>On the shard's context only.
 */
public interface ShardPeers {

    /** No other node: the log is this process' own. */
    ShardPeers NONE = new ShardPeers() {

        @Override
        public Future<Void> listen(Function<Buffer, Buffer> answers) {
            return Future.succeededFuture();
        }

        @Override
        public List<String> others() {
            return List.of();
        }

        @Override
        public Future<Buffer> ask(String other, Buffer question) {
            return Future.failedFuture("there is no other node");
        }

        @Override
        public Future<Void> close() {
            return Future.succeededFuture();
        }
    };

    /** Makes the peers of a shard. */
    @FunctionalInterface
    interface Provider {

        /**
         * The peers of a shard, which take no questions yet.
         *
         * @param shard the name of its log: {@code chat#3}
         */
        ShardPeers create(ContextInternal context, String shard);
    }

    /** Takes the questions of other nodes from now on. Called again whenever this node has joined the cluster again. */
    Future<Void> listen(Function<Buffer, Buffer> answers);

    /** All other members of the cluster, whether they have the shard or not. */
    List<String> others();

    /**
     * Asks another member.
     *
     * @return its answer, which is empty if that member has nothing of the shard for certain; fails if it does not answer in time
     */
    Future<Buffer> ask(String other, Buffer question);

    /** Takes no questions any more. */
    Future<Void> close();
}
