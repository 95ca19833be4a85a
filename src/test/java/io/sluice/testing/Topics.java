package io.sluice.testing;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Tuple;

/** Topics and patterns of few different tokens, so that they meet; some are as long as they may be. */
public final class Topics {

    private Topics() {}

    public static Arbitrary<String> topics() {
        return tokens("a", "b", "").map(tokens -> String.join(".", tokens)).filter(TopicOracle::isTopic);
    }

    public static Arbitrary<String> patterns() {
        Arbitrary<String> last = Arbitraries.frequency(Tuple.of(3, ""), Tuple.of(1, ".>"));
        return Arbitraries.frequencyOf(
                        Tuple.of(
                                20,
                                tokens("a", "b", "", "*")
                                        .flatMap(tokens -> last.map(end -> String.join(".", tokens) + end))),
                        Tuple.of(1, Arbitraries.just(">")))
                .filter(TopicOracle::isPattern);
    }

    private static Arbitrary<List<String>> tokens(String... few) {
        Arbitrary<String> rare = Arbitraries.of("c".repeat(126), "d".repeat(126), "\u00e9\ud83d\ude00");
        return Arbitraries.frequencyOf(Tuple.of(12, Arbitraries.of(few)), Tuple.of(1, rare))
                .list()
                .ofMinSize(1)
                .ofMaxSize(4);
    }
}
