package io.sluice.node;

import io.sluice.log.NewEvent;
import io.vertx.ext.web.handler.HttpException;
import java.util.List;
import java.util.function.Supplier;

/** A body that has to be empty. */
final class NoBody implements BodyEvents {

    private final Supplier<HttpException> refusal;

    /** @param refusal the failure at its first byte */
    NoBody(Supplier<HttpException> refusal) {
        this.refusal = refusal;
    }

    @Override
    public int take(byte[] bytes, int from, int to) {
        if (from < to) {
            throw refusal.get();
        }
        return to;
    }

    @Override
    public List<NewEvent> end() {
        return List.of();
    }

    @Override
    public long held() {
        return 0;
    }
}
