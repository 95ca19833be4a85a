package io.sluice.node;

import io.sluice.cluster.Agreement;
import io.sluice.cluster.Members;
import io.sluice.hazelcast.HazelcastCluster;
import io.sluice.log.InvalidOptionException;
import io.vertx.core.Future;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A node that is a member of a cluster, and has the cluster's streams. */
final class Membership {

    private static final Logger LOG = LoggerFactory.getLogger(Membership.class);

    private final Members members;
    private final Agreement agreement;

    private Membership(Members members, Agreement agreement) {
        this.members = members;
        this.agreement = agreement;
    }

    /** Fails with {@link ConfigException} if this is not the cluster that is configured, or it has other streams. */
    static Future<Membership> open(HazelcastCluster cluster, NodeConfig config) {
        ClusterSettings settings = config.cluster();
        try {
            cluster.require(settings.name(), settings.secret() != null, settings.tls() != null);
        } catch (InvalidOptionException e) {
            return Future.failedFuture(ConfigException.under("cluster", e));
        }
        return cluster.agreeOn(names(config), settings.streams() == ClusterSettings.Streams.SAME)
                .compose(agreement -> open(cluster, agreement))
                .recover(failure -> Future.failedFuture(
                        failure instanceof InvalidOptionException invalid
                                ? new ConfigException(invalid.option(), invalid.value(), invalid.expected())
                                : failure));
    }

    private static Future<Membership> open(HazelcastCluster cluster, Agreement agreement) {
        try {
            cluster.warnOfOpenPorts();
            return Future.succeededFuture(new Membership(cluster.members(), agreement));
        } catch (RuntimeException e) {
            return agreement.withdraw().transform(v -> Future.failedFuture(e));
        }
    }

    private static List<String> names(NodeConfig config) {
        return Stream.concat(
                        config.streams().keySet().stream(),
                        config.templates().keySet().stream().map(name -> name + StreamNames.ANY))
                .toList();
    }

    /** The name of this member, {@code 127.0.0.1:5701}. */
    String self() {
        return members.self();
    }

    /** The names of all members. */
    List<String> names() {
        return members.names();
    }

    /** As the start line has it. */
    String describe() {
        return members.describe();
    }

    void close() {
        // Nobody waits for it: when the member has left, it counts no more.
        agreement.withdraw().onFailure(failure -> LOG.debug("the cluster does not answer", failure));
        members.close();
    }
}
