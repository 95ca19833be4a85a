package io.sluice.node;

import io.vertx.core.Future;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The {@link LineUpload}s that are under way. Of one event loop. */
final class Uploads {

    private final Set<LineUpload> all = new HashSet<>();
    private boolean isDraining;

    /**
     * Has an upload begin.
     *
     * @return as of {@link LineUpload#publish}
     */
    Future<Taken> begin(LineUpload upload) {
        all.add(upload);
        Future<Taken> done = upload.publish().onComplete(over -> all.remove(upload));
        if (isDraining) {
            upload.drain();
        }
        return done;
    }

    /** Ends all that are under way, and those that begin later. Completes when they are answered. */
    Future<Void> drain() {
        isDraining = true;
        List<Future<Taken>> ended =
                List.copyOf(all).stream().map(LineUpload::drain).toList();
        return Future.join(ended).<Void>mapEmpty().otherwiseEmpty();
    }
}
