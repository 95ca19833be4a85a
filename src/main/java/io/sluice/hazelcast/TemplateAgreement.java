package io.sluice.hazelcast;

import io.sluice.log.InvalidOptionException;
import io.sluice.log.TemplateRules;
import java.util.List;

/**
 * What all nodes of a cluster must have alike of a template: a name's shard is another one if there are more shards, and what one
 * node keeps another one may ask for.
 */
final class TemplateAgreement {

    private TemplateAgreement() {}

    static ClusterAgreement of(String template, TemplateRules rules, int shards) {
        List<String> mine = List.of(
                "shards " + shards,
                "history " + rules.history().events() + " events, age "
                        + rules.history().age().toSeconds() + "s, latest "
                        + rules.history().latest(),
                "idle " + rules.idle().toMillis() + "ms",
                "keep " + rules.keep().toMillis() + "ms",
                "idempotency " + rules.idempotency().toMillis() + "ms",
                "create " + (rules.createByPublish() ? "publish" : "put"));
        return new ClusterAgreement("template " + template, mine, TemplateAgreement::compare);
    }

    /** Names the first difference. */
    private static void compare(List<String> mine, List<String> theirs) {
        for (int i = 0; i < Math.min(mine.size(), theirs.size()); i++) {
            String own = mine.get(i);
            if (!own.equals(theirs.get(i))) {
                String option = own.substring(0, own.indexOf(' '));
                throw new InvalidOptionException(
                        option, value(own, option), value(theirs.get(i), option) + ", as the cluster has it");
            }
        }
    }

    private static String value(String said, String option) {
        return said.substring(Math.min(said.length(), option.length() + 1));
    }
}
