package io.sluice.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.testing.DocumentPage;
import io.sluice.testing.process.FreePorts;
import io.sluice.testing.process.NodeProcess;
import io.sluice.testing.process.PrintingProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The examples of security.md, each run as the page says, but for the ports. */
@Timeout(180)
// JUnit sets the fields.
@SuppressWarnings("NullAway.Init")
class SecurityPageIT {

    private static final String JAR = System.getProperty("sluice.jar", "target/sluice.jar");
    private static final Map<String, String> SECRET = Map.of("SLUICE_JWT", "a secret of 32 bytes, or more than that");

    @TempDir
    private static Path directory;

    private static DocumentPage page;

    @BeforeAll
    static void read() throws Exception {
        page = DocumentPage.read("security.md");
    }

    @Test
    void whoHasTheRightReadsAndWritesAndNobodyElse() throws Exception {
        try (NodeProcess node = start("closed.json")) {
            page.write("python3 make_token.py", directory, "");
            page.write("sh chat.sh", directory, node.url());
            try (PrintingProcess chat = run("sh", "chat.sh")) {
                List<String> lines = chat.await(1, "data: Hello"::equals);
                assertEquals(1, lines.size());
                String answers = String.join("\n", chat.lines());
                assertTrue(
                        answers.matches("(?s)\\{\"id\":\"[a-z0-9]+-1\",\"count\":1}"
                                + "\\{[^}]*\"status\":403,[^}]*}\\{[^}]*\"status\":401,[^}]*}.*"),
                        answers);
            }
        }
    }

    @Test
    void aCookieOfTheApplicationReadsWhatItsTokenMay() throws Exception {
        int port = FreePorts.inARow(1);
        Path source = page.write("Session.java", directory, "");
        Files.writeString(source, Files.readString(source).replace("8081", String.valueOf(port)));
        String jar = Path.of(JAR).toAbsolutePath().toString();
        String quiet = "-Dlogback.configurationFile=io/sluice/node/logback.xml";
        try (NodeProcess node = start("session.json");
                PrintingProcess application = run("java", "-cp", jar, quiet, source.toString())) {
            String session = "http://localhost:" + port + "/session?user=ada";
            String url = node.url().replace("127.0.0.1", "localhost");
            assertEquals("204", status("-c", "jar", "-X", "POST", session));
            String origin = "Origin: " + url;
            String[] post = {"-b", "jar", "-d", "Hello", "-H", "Content-Type: text/plain", url + "/chat/ada"};
            assertEquals("403", status(post), "nobody knows whose page that was");
            assertEquals("201", status(with(post, "-H", origin)));
            assertEquals("403", status("-b", "jar", url + "/chat/bob"));
            assertEquals("401", status(url + "/chat/ada"));
            try (PrintingProcess reader = run("curl", "-sN", "-b", "jar", url + "/chat/ada")) {
                reader.await(1, "data: Hello"::equals);
            }
            assertEquals(List.of(), application.lines());
        }
    }

    private static NodeProcess start(String configuration) throws Exception {
        String conf = page.configuration(configuration, directory);
        return NodeProcess.start(Path.of(""), List.of(), SECRET, "-conf", conf).awaitStart();
    }

    /** Runs a program in the directory of the page's files, with the secret. */
    private static PrintingProcess run(String... command) throws Exception {
        Stream<String> env = Stream.of("env", "-C", directory.toString(), "SLUICE_JWT=" + SECRET.get("SLUICE_JWT"));
        return PrintingProcess.start(Stream.concat(env, Stream.of(command)).toList());
    }

    private static String[] with(String[] arguments, String... more) {
        return Stream.of(arguments, more).flatMap(Stream::of).toArray(String[]::new);
    }

    /** The status that curl is answered with, once the port is open. */
    private static String status(String... arguments) throws Exception {
        List<String> curl = new ArrayList<>(List.of("curl", "-s", "-o", "/dev/null", "-w", "%{http_code}\n"));
        curl.addAll(List.of("--retry", "60", "--retry-delay", "1", "--retry-connrefused"));
        curl.addAll(List.of(arguments));
        try (PrintingProcess process = run(curl.toArray(String[]::new))) {
            return process.await(1).get(0);
        }
    }
}
