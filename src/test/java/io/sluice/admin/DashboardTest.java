package io.sluice.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class DashboardTest {

    private static final Path PACKAGE = Path.of("src/main/resources/io/sluice/admin");

    @Test
    void thePageIsEveryFileOfItsDirectory() throws IOException {
        try (Stream<Path> files = Files.walk(PACKAGE.resolve("dashboard"))) {
            assertEquals(
                    files.filter(Files::isRegularFile)
                            .map(file -> PACKAGE.relativize(file).toString())
                            .sorted()
                            .toList(),
                    Dashboard.NAMES.stream().sorted().toList());
        }
    }
}
