package io.sluice.auth;

import io.sluice.stream.TopicFilter;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What somebody may read and write, and until when. A value.
 *
 * <p>An application that gives each user a topic of a stream writes {@code Rights.of(TopicFilter.exact(user), TopicFilter.NONE)}: these
 * rights are for whatever stream is asked for, where the application gives them.
 */
public final class Rights {

    /** For how long after their end a subscription is told that they have expired; after that its request is refused. */
    public static final Duration GRACE = Duration.ofSeconds(60);

    /** Nothing. */
    public static final Rights NONE = new Rights(List.of(), List.of(), false, null);

    /** Everything, without an end. */
    public static final Rights ALL = of(TopicFilter.ALL, TopicFilter.ALL).withAdmin();

    private final List<Right> read;
    private final List<Right> write;
    private final boolean admin;
    private final @Nullable Instant end;

    Rights(List<Right> read, List<Right> write, boolean admin, @Nullable Instant end) {
        this.read = read;
        this.write = write;
        this.admin = admin;
        this.end = end;
    }

    /**
     * Rights to topics of whatever stream is asked for. {@link TopicFilter#of} of no topic is {@link TopicFilter#ALL}, as for a client
     * that asks for none: for nobody write {@link TopicFilter#NONE}.
     */
    public static Rights of(TopicFilter read, TopicFilter write) {
        return new Rights(
                List.of(new Right(Right.ANY_STREAM, read)), List.of(new Right(Right.ANY_STREAM, write)), false, null);
    }

    /**
     * Rights to streams by their names: {@code events}, {@code chat/42}, {@code chat/*}, each with a topic filter after a {@code #} if
     * it is limited to it: {@code prices#eur.>}. Put no text of a stranger into one: {@link TopicFilter#exact} is for that.
     *
     * @throws IllegalArgumentException that names the right and what is expected
     */
    public static Rights of(Collection<String> read, Collection<String> write) {
        return new Rights(parse(read), parse(write), false, null);
    }

    /** The right to read some topics of one stream, up to a time. The name is a stream's, and never a pattern. */
    static Rights reading(String stream, TopicFilter topics, Instant end) {
        return new Rights(List.of(new Right(stream, topics)), List.of(), false, end);
    }

    private static List<Right> parse(Collection<String> rights) {
        UnaryOperator<@Nullable String> noClaims = claim -> null;
        return rights.stream().map(right -> Right.parse(right, noClaims)).toList();
    }

    /** The same, and the right to see what there is: the list of the streams of a template. */
    public Rights withAdmin() {
        return new Rights(read, write, true, end);
    }

    /** The same, and the right to read everything. */
    public Rights readingAll() {
        return new Rights(List.of(new Right(Right.ANY_STREAM, TopicFilter.ALL)), write, admin, end);
    }

    /** The same, up to a time: subscriptions end then, and say so. */
    public Rights until(Instant time) {
        return new Rights(read, write, admin, time);
    }

    /** The topics of a stream that may be read; {@link TopicFilter#NONE} if none may be. */
    public TopicFilter readable(String stream) {
        return topics(read, stream);
    }

    /** The topics of a stream that may be written; {@link TopicFilter#NONE} if none may be. */
    public TopicFilter writable(String stream) {
        return topics(write, stream);
    }

    private static TopicFilter topics(List<Right> rights, String stream) {
        Set<String> patterns = new HashSet<>();
        for (Right right : rights) {
            if (right.isTo(stream)) {
                if (right.topics().isAll()) {
                    return TopicFilter.ALL;
                }
                patterns.addAll(right.topics().patterns());
            }
        }
        return patterns.isEmpty() ? TopicFilter.NONE : TopicFilter.of(patterns);
    }

    /** Whether the streams of a template may be listed. */
    public boolean isAdmin() {
        return admin;
    }

    /** When they end; null for never. */
    public @Nullable Instant end() {
        return end;
    }

    /** Whether they have ended at a time. */
    public boolean hasEnded(Instant now) {
        return end != null && !now.isBefore(end);
    }
}
