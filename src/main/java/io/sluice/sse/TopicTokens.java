package io.sluice.sse;

import java.util.Arrays;

/** The tokens of a topic: where each begins and ends. Taken apart anew for each event that patterns are searched for. */
final class TopicTokens {

    private String topic = "";
    private int[] ends = new int[8];
    private int count;

    void split(String text) {
        topic = text;
        count = 0;
        for (int dot = text.indexOf('.'); dot >= 0; dot = text.indexOf('.', dot + 1)) {
            addEnd(dot);
        }
        addEnd(text.length());
    }

    private void addEnd(int end) {
        if (count == ends.length) {
            ends = Arrays.copyOf(ends, count * 2);
        }
        ends[count++] = end;
    }

    String topic() {
        return topic;
    }

    int count() {
        return count;
    }

    int start(int token) {
        return token == 0 ? 0 : ends[token - 1] + 1;
    }

    int end(int token) {
        return ends[token];
    }
}
