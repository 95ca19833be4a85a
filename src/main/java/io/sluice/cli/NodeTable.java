package io.sluice.cli;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The report of a node as text, 80 columns wide. */
final class NodeTable {

    private static final int COLUMNS = 80;
    private static final String[] SIZES = {"B", "kB", "MB", "GB", "TB"};

    private NodeTable() {}

    static String of(JsonObject report) {
        List<String> lines = new ArrayList<>(node(report));
        lines.add("");
        lines.addAll(streams(objects(report, "streams")));
        List<JsonObject> members = objects(report, "members");
        if (!members.isEmpty()) {
            lines.add("");
            lines.add(members.size()
                    + (members.size() == 1 ? " member: " : " members: ")
                    + members.stream().map(NodeTable::member).collect(Collectors.joining(", ")));
        }
        return lines.stream()
                .map(line -> line.substring(0, Math.min(line.length(), COLUMNS)))
                .collect(Collectors.joining("\n"));
    }

    private static List<String> node(JsonObject report) {
        String member = report.getString("member");
        String loops = report.getInteger("eventLoops", 0) == 1 ? " event loop" : " event loops";
        JsonObject heap = report.getJsonObject("heap", new JsonObject());
        JsonObject files = report.getJsonObject("files", new JsonObject());
        return List.of(
                (member == null ? "node" : text(report, "member")) + "  sluice " + text(report, "version") + ", Vert.x "
                        + text(report, "vertx") + ", Java " + text(report, "java"),
                text(report, "url") + "  " + (report.getBoolean("ready", false) ? "ready" : "NOT READY") + ", up "
                        + time(number(report, "uptime")) + ", " + count(number(report, "eventLoops")) + loops + " on "
                        + text(report, "transport"),
                count(number(report, "subscriptions")) + " of " + count(number(report, "maxSubscriptions"))
                        + " subscriptions, " + count(number(report, "behind")) + " behind; "
                        + count(number(report, "connections")) + " of " + count(number(report, "maxConnections"))
                        + " connections",
                "cpu " + Math.round(100 * number(report, "cpu")) + " %, heap " + size(number(heap, "used")) + " of "
                        + size(number(heap, "max")) + ", direct " + size(number(report, "direct")) + ", files "
                        + count(number(files, "open")) + " of " + count(number(files, "max")));
    }

    private static List<String> streams(List<JsonObject> streams) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("STREAM", "LOG", "SUBS", "BEHIND", "EVENTS", "DELIVERED", "LOST", "P99"));
        streams.forEach(stream -> rows.add(row(stream)));
        int[] widths = IntStream.range(0, rows.get(0).size())
                .map(column -> rows.stream()
                        .mapToInt(row -> row.get(column).length())
                        .max()
                        .orElse(0))
                .toArray();
        return rows.stream().map(row -> line(row, widths)).toList();
    }

    private static List<String> row(JsonObject stream) {
        boolean isUp = stream.getBoolean("up", true);
        JsonObject latency = stream.getJsonObject("latency");
        String name = text(stream, "name");
        return List.of(
                name.length() <= 24 ? name : name.substring(0, 23) + "~",
                text(stream, "log") + (isUp ? "" : " DOWN"),
                count(number(stream, "subscriptions")),
                count(number(stream, "behind")),
                count(number(stream, "events")),
                count(number(stream, "deliveries")),
                count(number(stream, "lost")),
                latency == null ? "-" : time(number(latency, "p99")));
    }

    /** Words to the left, numbers to the right. */
    private static String line(List<String> row, int[] widths) {
        StringBuilder line = new StringBuilder();
        for (int column = 0; column < row.size(); column++) {
            String pad = " ".repeat(widths[column] - row.get(column).length());
            line.append(column == 0 ? "" : "  ");
            line.append(column < 2 ? row.get(column) + pad : pad + row.get(column));
        }
        return line.toString().stripTrailing();
    }

    private static String member(JsonObject member) {
        return text(member, "member") + (member.getBoolean("here", false) ? " (this one)" : "");
    }

    private static List<JsonObject> objects(JsonObject report, String key) {
        return report.getJsonArray(key, new JsonArray()).stream()
                .filter(JsonObject.class::isInstance)
                .map(JsonObject.class::cast)
                .toList();
    }

    private static String text(JsonObject object, String key) {
        return Web.visible(String.valueOf(object.getValue(key, "?")));
    }

    private static double number(JsonObject object, String key) {
        return object.getValue(key) instanceof Number number ? number.doubleValue() : 0;
    }

    private static String count(double number) {
        return number < 100_000_000
                ? String.format(Locale.ROOT, "%,d", Math.round(number))
                : String.format(Locale.ROOT, "%.1fG", number / 1e9);
    }

    private static String size(double bytes) {
        int unit = 0;
        double rest = bytes;
        while (rest >= 1024 && unit < SIZES.length - 1) {
            rest /= 1024;
            unit++;
        }
        return String.format(Locale.ROOT, unit == 0 || rest >= 10 ? "%.0f " : "%.1f ", rest) + SIZES[unit];
    }

    private static String time(double seconds) {
        if (seconds < 1) {
            return String.format(Locale.ROOT, "%.1f ms", 1000 * seconds);
        }
        Duration time = Duration.ofSeconds(Math.round(seconds));
        if (time.toDays() > 0) {
            return time.toDays() + " d " + time.toHoursPart() + " h";
        }
        return time.toHours() > 0
                ? time.toHours() + " h " + time.toMinutesPart() + " min"
                : time.toMinutes() > 0
                        ? time.toMinutes() + " min " + time.toSecondsPart() + " s"
                        : time.toSeconds() + " s";
    }
}
