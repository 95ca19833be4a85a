package io.sluice.sse;

import io.sluice.log.Encoding;
import io.sluice.log.History;
import io.sluice.log.JournalWriter;
import io.sluice.stream.TopicFilter;
import java.time.InstantSource;

/** Audiences of tests, in the format that most clients get. */
final class PlainAudience {

    /** Of a journal's first format. */
    static final Encoding ENCODING =
            new JournalWriter(History.DEFAULT, InstantSource.system()).journal().use(SseFormat.INSTANCE);

    private PlainAudience() {}

    static Audience of(TopicFilter filter) {
        return new Audience(new Audience.Key(filter, ENCODING));
    }
}
