package io.sluice.node;

import io.sluice.log.ByteSize;
import io.sluice.log.NewEvent;
import java.util.List;

/** A body that is one event: {@code application/json} or {@code text/plain}. */
final class SingleEvent implements BodyEvents {

    private final PublishRequest request;
    private final EventData data;
    private long size;

    /** @param maxEvent the size of the largest event */
    SingleEvent(PublishRequest request, ByteSize maxEvent) {
        this.request = request;
        this.data = new EventData(request.bodyType() == BodyType.JSON, maxEvent, () -> "the body");
    }

    @Override
    public int take(byte[] bytes, int from, int to) {
        data.take(bytes, from, to);
        return to;
    }

    @Override
    public List<NewEvent> end() {
        NewEvent event = request.event(data.end());
        size = event.size();
        return List.of(event);
    }

    @Override
    public long held() {
        return size + data.held();
    }
}
