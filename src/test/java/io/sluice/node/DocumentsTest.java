package io.sluice.node;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.testing.DocumentPage;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The documents: README.md, CONTRIBUTING.md, SECURITY.md and the pages of {@code src/docs}. */
class DocumentsTest {

    private static final int README_LINES = 250;
    private static final Pattern CODE = Pattern.compile("(?ms)^```.*?^```$|^    .*?$|`[^`\n]*`");
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");
    private static final Pattern CONFIGURATION = Pattern.compile("(?ms)^```json\n(.*?)^```$");
    private static final Pattern KEY_FILE = Pattern.compile("\\b[\\w./-]+\\.(pem|key|jwks)\\b");
    private static final Pattern SHIPPED = Pattern.compile("\\b(conf|src)/[\\w./-]+\\.[a-z]+");
    private static final Pattern HEADING = Pattern.compile("(?m)^#+ (.*)$");
    private static final Pattern SOURCE = Pattern.compile("\\bio(?:\\.[a-z]+)+\\.[A-Z]\\w+");

    static List<Path> all() throws IOException {
        return DocumentPage.all();
    }

    @Test
    void theReadmeIsReadInThreeMinutes() throws IOException {
        List<String> lines = Files.readAllLines(DocumentPage.README);
        assertTrue(lines.size() <= README_LINES, () -> "README.md has " + lines.size() + " lines");
    }

    @ParameterizedTest
    @MethodSource("all")
    void eachRelativeLinkLeadsSomewhere(Path page) throws IOException {
        List<String> broken = links(page)
                .filter(link -> !link.matches("[a-z]+:.*"))
                .filter(link -> !leadsSomewhere(page, link))
                .toList();
        assertEquals(List.of(), broken, () -> "links of " + page);
    }

    @Test
    void theIndexLinksEachPage() throws IOException {
        Path index = DocumentPage.PAGES.resolve("README.md");
        List<Path> linked =
                links(index).map(link -> target(index, link).normalize()).toList();
        List<Path> missing = DocumentPage.all().stream()
                .filter(page -> !page.equals(index) && !linked.contains(page))
                .toList();
        assertEquals(List.of(), missing);
    }

    /** Where there are the files and the variables that it names. */
    @ParameterizedTest
    @MethodSource("all")
    void aNodeTakesEachConfiguration(Path page, @TempDir Path closed) throws IOException {
        String file = Files.writeString(closed.resolve("file"), "x".repeat(32)).toString();
        for (MatchResult found :
                CONFIGURATION.matcher(Files.readString(page)).results().toList()) {
            String here =
                    KEY_FILE.matcher(found.group(1)).replaceAll(file).replaceAll("\\benv:[A-Z_]+\\b", "file:" + file);
            assertDoesNotThrow(() -> NodeConfig.read(ConfigReader.parse(here)), here);
        }
    }

    @Test
    void theRealmForKeycloakGivesTheRightsThatThePageSays() throws IOException {
        String page = Files.readString(DocumentPage.PAGES.resolve("security.md"));
        JsonObject realm = new JsonObject(Files.readString(DocumentPage.PAGES.resolve("keycloak-realm.json")));
        List<String> claims = realm.getJsonArray("clients").stream()
                .flatMap(client -> ((JsonObject) client).getJsonArray("protocolMappers").stream())
                .map(mapper -> ((JsonObject) mapper).getJsonObject("config"))
                .filter(config -> "sluice".equals(config.getString("claim.name")))
                .map(config -> config.getString("claim.value"))
                .toList();
        assertEquals(2, claims.size());
        for (String claim : claims) {
            assertTrue(page.contains('`' + claim + '`'), claim);
            assertEquals(claim.replace(" ", ""), new JsonObject(claim).encode());
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void eachFileAndClassThatAPageNamesIsThere(Path page) throws IOException {
        String text = Files.readString(page);
        assertEquals(
                List.of(),
                SHIPPED.matcher(text)
                        .results()
                        .map(MatchResult::group)
                        .filter(file -> !Files.exists(Path.of(file)))
                        .toList());
        assertEquals(
                List.of(),
                SOURCE.matcher(text)
                        .results()
                        .map(MatchResult::group)
                        .filter(name -> name.startsWith("io.sluice."))
                        .filter(name -> !isSource(name))
                        .toList());
    }

    private static boolean isSource(String name) {
        String path = name.replace('.', '/');
        return Stream.of("src/main/java/" + path + ".java", "src/bench/java/" + path + ".java")
                        .anyMatch(file -> Files.exists(Path.of(file)))
                || Files.exists(Path.of("src/main/kotlin/" + path.replaceFirst("Kt$", "") + ".kt"));
    }

    private static Stream<String> links(Path page) throws IOException {
        String prose = CODE.matcher(Files.readString(page)).replaceAll("");
        return LINK.matcher(prose).results().map(found -> found.group(1));
    }

    private static Path target(Path page, String link) {
        String file = link.replaceFirst("#.*", "");
        Path directory = Objects.requireNonNullElse(page.getParent(), Path.of(""));
        return file.isEmpty() ? page : directory.resolve(file).normalize();
    }

    private static boolean leadsSomewhere(Path page, String link) {
        Path target = target(page, link);
        String anchor = link.replaceFirst("^[^#]*#?", "");
        return Files.exists(target) && (anchor.isEmpty() || anchors(target).contains(anchor));
    }

    /** The anchors of a page's headings, as GitHub makes them. */
    private static List<String> anchors(Path page) {
        try {
            return HEADING.matcher(Files.readString(page))
                    .results()
                    .map(found -> found.group(1).toLowerCase(Locale.ROOT))
                    .map(heading -> heading.replaceAll("[^\\w\\- ]", "").replace(' ', '-'))
                    .toList();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
