package io.sluice.sse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.json.JsonObject;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What one unfiltered client got of a stream, block by block: in order, each once, and every hole told by a gap. */
final class Received {

    private static final Pattern ID = Pattern.compile("(?m)^id: [a-z0-9]+-(\\d+)$");
    private static final Pattern GAP = Pattern.compile("(?m)^event: gap$");
    private static final Pattern DATA = Pattern.compile("(?m)^data: (.*)$");

    long position;
    long events;
    long lost;
    int gaps;

    Received(long position) {
        this.position = position;
    }

    /** Takes a block, and checks that it follows what came before. */
    void take(String block) {
        Matcher id = ID.matcher(block);
        boolean hasData = DATA.matcher(block).find();
        if (!id.find()) {
            return; // a comment, or the close event
        }
        long n = Long.parseLong(id.group(1));
        if (GAP.matcher(block).find()) {
            takeGap(block, n);
        } else if (hasData) {
            assertEquals(position + 1, n, "events follow each other");
            position = n;
            events++;
        } else {
            assertTrue(n == position, "position " + n + " after " + position);
        }
    }

    /** Takes a body. */
    void takeAll(String body) {
        for (String block : body.split("(?<=\n\n)", -1)) {
            take(block);
        }
    }

    private void takeGap(String block, long before) {
        Matcher data = DATA.matcher(block);
        assertTrue(data.find());
        long told = new JsonObject(data.group(1)).getLong("lost");
        assertEquals(before - position, told, "a gap counts what it skips");
        position = before;
        lost += told;
        gaps++;
    }
}
