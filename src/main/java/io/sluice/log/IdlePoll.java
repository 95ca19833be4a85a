package io.sluice.log;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.List;

/**
 * Asks the other nodes whether streams are idle there too, before they are deleted: a stream may be watched at any node. One
 * question a node, for all of them.
 *
 * <p>On the shard's context only.
 */
final class IdlePoll {

    private final ShardPeers peers;
    private final NamedStreams streams;

    IdlePoll(ShardPeers peers, NamedStreams streams) {
        this.peers = peers;
        this.streams = streams;
    }

    /**
     * Has each stream count as used at this node when it was last used at any.
     *
     * @return fails if a node that has the streams does not answer
     */
    Future<Void> ask(List<NamedStream> idle) {
        Buffer question =
                new ShardQuestion.OfAges(idle.stream().map(NamedStream::name).toList()).encode();
        List<Future<Void>> answers = peers.others().stream()
                .map(other -> peers.ask(other, question).map(ages -> take(ages, idle)))
                .toList();
        return Future.all(answers).mapEmpty();
    }

    private Void take(Buffer ages, List<NamedStream> idle) {
        for (int i = 0; i < idle.size() && ages.length() > 0; i++) {
            streams.usedBefore(idle.get(i), ages.getLong(i * Long.BYTES));
        }
        return null;
    }
}
