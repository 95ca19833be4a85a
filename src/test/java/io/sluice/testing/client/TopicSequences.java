package io.sluice.testing.client;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Holds events whose data is {@code "topic sequence ..."} against the sequence of each topic. */
final class TopicSequences {

    private static final Pattern DATA = Pattern.compile("\"(\\S+) (\\d+)(?: .*)?\"");

    private final Consumer<String> wrong;
    private final Map<String, SequenceCheck> topics = new HashMap<>();

    TopicSequences(Consumer<String> wrong) {
        this.wrong = wrong;
    }

    /** Expects a topic's first event next. */
    void startAtFirst(String topic) {
        topics.putIfAbsent(topic, check(topic, 0));
    }

    /** Takes an event's data. Other data belongs to no sequence. */
    void take(String data) {
        Matcher parts = DATA.matcher(data);
        if (parts.matches()) {
            String topic = parts.group(1);
            SequenceCheck check = topics.computeIfAbsent(topic, name -> check(name, SequenceCheck.ANYWHERE));
            long sequence = Long.parseLong(parts.group(2));
            check.take(sequence);
            check.goTo(sequence);
        }
    }

    /** The newest sequence, or 0. */
    long newest(String topic) {
        SequenceCheck check = topics.get(topic);
        return check == null ? 0 : check.last();
    }

    /** A gap may have lost events of any topic. */
    void forget() {
        topics.clear();
    }

    private SequenceCheck check(String topic, long last) {
        return new SequenceCheck(last, new SequenceCheck.Faults() {
            @Override
            public void missing(long after, long before) {
                wrong.accept("gets event " + before + " of " + topic + " after " + after);
            }

            @Override
            public void late(long n, long last) {
                again(n, last);
            }

            @Override
            public void again(long n, long last) {
                wrong.accept("gets event " + n + " of " + topic + " after " + last);
            }
        });
    }
}
