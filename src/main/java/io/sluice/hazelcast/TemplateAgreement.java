package io.sluice.hazelcast;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.IMap;
import io.sluice.log.InvalidOptionException;
import io.sluice.log.TemplateRules;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What all nodes of a cluster must have alike of a template: a name's shard is another one if there are more shards, and what one
 * node keeps another one may ask for.
 *
 * <pre>
 *     map "sluice.templates"      chat/5f2c...  ->  shards 8, history 10000 events, idle 600s, ...
 * </pre>
 */
final class TemplateAgreement {

    private static final String SEPARATOR = "\n";

    private final String template;
    private final List<String> mine;

    TemplateAgreement(String template, TemplateRules rules, int shards) {
        this.template = template;
        this.mine = List.of(
                "shards " + shards,
                "history " + rules.history().events() + " events, age "
                        + rules.history().age().toSeconds() + "s",
                "idle " + rules.idle().toMillis() + "ms",
                "keep " + rules.keep().toMillis() + "ms",
                "idempotency " + rules.idempotency().toMillis() + "ms",
                "create " + (rules.createByPublish() ? "publish" : "put"));
    }

    /**
     * Says what this node has, and compares it with what the others have said. Blocks: not on an event loop.
     *
     * @throws InvalidOptionException that names the first difference
     */
    void require(HazelcastInstance hazelcast) {
        IMap<String, String> map = ClusterMaps.open(hazelcast, "templates");
        ClusterMembers members = new ClusterMembers(hazelcast);
        String self = template + '/' + members.self();
        map.set(self, String.join(SEPARATOR, mine));
        for (Map.Entry<String, String> said : new ArrayList<>(map.entrySet())) {
            String key = said.getKey();
            if (!members.has(key.substring(key.lastIndexOf('/') + 1))) {
                map.remove(key);
            } else if (key.startsWith(template + '/')) {
                compare(List.of(said.getValue().split(SEPARATOR, -1)), () -> map.remove(self));
            }
        }
    }

    private void compare(List<String> others, Runnable onDifference) {
        for (int i = 0; i < Math.min(mine.size(), others.size()); i++) {
            String own = mine.get(i);
            if (!own.equals(others.get(i))) {
                onDifference.run();
                String option = own.substring(0, own.indexOf(' '));
                throw new InvalidOptionException(
                        option, value(own, option), value(others.get(i), option) + ", as the cluster has it");
            }
        }
    }

    private static String value(String said, String option) {
        return said.substring(Math.min(said.length(), option.length() + 1));
    }
}
