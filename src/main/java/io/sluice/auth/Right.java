package io.sluice.auth;

import io.sluice.log.TopicRules;
import io.sluice.stream.TopicFilter;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One right: to a stream, or to all streams of a template, and there to some topics or to all.
 *
 * <pre>
 *    events                    all of the stream "events"
 *    prices#eur.&gt;              its topics that begin with "eur."
 *    chat/{sub}                the stream that has the name of the token's subject
 *    chat/*                    all streams of the template
 * </pre>
 *
 * @param stream the full name, or {@code template/*}; {@link #ANY_STREAM} for whatever stream is asked for
 * @param topics what the right is limited to
 */
record Right(String stream, TopicFilter topics) {

    /** Stands in no claim: a right that an application gives for the streams of one handler. */
    static final String ANY_STREAM = "";

    private static final String NAME = "[A-Za-z0-9._~-]{1,128}";
    private static final Pattern STREAM = Pattern.compile(NAME + "(/(" + NAME + "|\\*))?");
    private static final Pattern CLAIM = Pattern.compile("\\{([^{}]*)}");

    /** A value of a claim is one name, or one token of a topic: it never leads to another stream, and is never a wildcard. */
    private static final Pattern VALUE_OF_NAME = Pattern.compile(NAME);

    private static final Pattern VALUE_OF_TOKEN = Pattern.compile("[^.*>\\p{Cc}]{1,255}");

    /**
     * Reads a right.
     *
     * @param claims the text of a claim by its name; null if there is none, or it is no text
     * @throws IllegalArgumentException that names the right and what is expected; such a right gives nothing
     */
    static Right parse(String text, UnaryOperator<@Nullable String> claims) {
        int hash = text.indexOf('#');
        String stream = filled(text, hash < 0 ? text : text.substring(0, hash), VALUE_OF_NAME, claims);
        if (!STREAM.matcher(stream).matches() || stream.matches("(.*/)?\\.\\.?(/.*)?")) {
            throw refusal(text, "the name of a stream, or of a template and /*");
        }
        if (hash < 0) {
            return new Right(stream, TopicFilter.ALL);
        }
        String topics = filled(text, text.substring(hash + 1), VALUE_OF_TOKEN, claims);
        try {
            return new Right(stream, TopicFilter.of(List.of(topics)));
        } catch (IllegalArgumentException e) {
            throw refusal(text, "a topic filter after #");
        }
    }

    private static String filled(String text, String part, Pattern values, UnaryOperator<@Nullable String> claims) {
        Matcher claim = CLAIM.matcher(part);
        StringBuilder filled = new StringBuilder();
        while (claim.find()) {
            @Nullable String value = claims.apply(claim.group(1));
            if (value == null || !values.matcher(value).matches()) {
                throw refusal(
                        text, "a token whose claim \"" + TopicRules.visible(claim.group(1)) + "\" can stand there");
            }
            claim.appendReplacement(filled, Matcher.quoteReplacement(value));
        }
        return claim.appendTail(filled).toString();
    }

    private static IllegalArgumentException refusal(String text, String expected) {
        return new IllegalArgumentException("the right \"" + TopicRules.visible(text) + "\": expected " + expected);
    }

    /** Whether it is to a stream, by its full name. */
    boolean isTo(String name) {
        return stream.equals(ANY_STREAM)
                || stream.equals(name)
                || (stream.endsWith("/*") && name.startsWith(stream.substring(0, stream.length() - 1)));
    }
}
