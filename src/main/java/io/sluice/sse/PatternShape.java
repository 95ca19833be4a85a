package io.sluice.sse;

/**
 * Which tokens of a pattern are wildcards: {@code a.*.c} and {@code x.*.y} have the same shape.
 *
 * @param tokens the number of tokens, without a last {@code >}
 * @param isOpen whether there is a last {@code >}
 * @param stars the index of each {@code *}, as a character
 */
record PatternShape(int tokens, boolean isOpen, String stars) {

    /** The shape of a valid pattern. */
    static PatternShape of(String pattern) {
        StringBuilder stars = new StringBuilder();
        int tokens = 0;
        for (int i = 0; i < pattern.length(); i++) {
            switch (pattern.charAt(i)) {
                case '.' -> tokens++;
                case '*' -> stars.append((char) tokens);
                default -> {}
            }
        }
        boolean open = pattern.endsWith(">");
        return new PatternShape(open ? tokens : tokens + 1, open, stars.toString());
    }

    /** Whether there is no wildcard. */
    boolean isExact() {
        return !isOpen && stars.isEmpty();
    }

    /**
     * The one pattern of this shape that a topic matches.
     *
     * @param topic of so many tokens, or more if the shape is open
     */
    String patternFor(TopicTokens topic) {
        StringBuilder pattern = new StringBuilder(topic.topic().length() + 1);
        int from = 0;
        for (int i = 0; i < stars.length(); i++) {
            int token = stars.charAt(i);
            pattern.append(topic.topic(), from, topic.start(token)).append('*');
            from = topic.end(token);
        }
        if (isOpen) {
            return pattern.append(topic.topic(), from, topic.start(tokens))
                    .append('>')
                    .toString();
        }
        return pattern.append(topic.topic(), from, topic.topic().length()).toString();
    }
}
