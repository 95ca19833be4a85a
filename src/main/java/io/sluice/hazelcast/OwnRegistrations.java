package io.sluice.hazelcast;

import io.vertx.core.Future;
import io.vertx.core.spi.cluster.RegistrationInfo;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The addresses at which the consumers of this member are, as all members know them. Another member may remove them by mistake: one
 * that stood still, and takes the others for gone when it is with them again. So they are said again when a member has joined. What is
 * said again is the same. Any thread.
 */
final class OwnRegistrations {

    /** Tells the cluster. */
    interface Registry {

        Future<Void> add(String address, RegistrationInfo info);

        Future<Void> remove(String address, RegistrationInfo info);
    }

    private record Registration(String address, RegistrationInfo info) {}

    private final Registry registry;
    private final Set<Registration> known = ConcurrentHashMap.newKeySet();

    OwnRegistrations(Registry registry) {
        this.registry = registry;
    }

    Future<Void> add(String address, RegistrationInfo info) {
        if (!info.localOnly()) {
            known.add(new Registration(address, info));
        }
        return registry.add(address, info);
    }

    Future<Void> remove(String address, RegistrationInfo info) {
        known.remove(new Registration(address, info));
        return registry.remove(address, info);
    }

    /** Says all of them again, one after another. What fails is said the next time. */
    Future<Void> repeat() {
        Future<Void> repeated = Future.succeededFuture();
        for (Registration registration : known) {
            repeated = repeated.eventually(() -> repeat(registration));
        }
        return repeated.otherwiseEmpty();
    }

    /** It may be removed meanwhile, and is removed once more then. */
    private Future<Void> repeat(Registration registration) {
        return registry.add(registration.address, registration.info)
                .compose(v -> known.contains(registration)
                        ? Future.succeededFuture()
                        : registry.remove(registration.address, registration.info));
    }
}
