package io.sluice.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A secret in the configuration itself, in a variable, and in a file that is closed to others. */
class SecretsTest {

    private static final Map<String, String> ENVIRONMENT = Map.of("KEY", "of the variable\n", "EMPTY", "");

    @TempDir
    // JUnit sets it.
    @SuppressWarnings("NullAway")
    private Path directory;

    @BeforeEach
    void othersMayEnterTheDirectory() throws IOException {
        FileStore store = Files.getFileStore(directory);
        assumeTrue(store.supportsFileAttributeView("posix"), "permissions of POSIX");
        permit("rwxr-xr-x", directory);
    }

    private static Path permit(String permissions, Path file) throws IOException {
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
    }

    private Path file(byte[] content) throws IOException {
        return permit("rw-------", Files.write(directory.resolve("secret"), content));
    }

    private Path file(String content) throws IOException {
        return file(content.getBytes(StandardCharsets.UTF_8));
    }

    private static String secret(String written) {
        return Secrets.secret(written, ENVIRONMENT).reveal();
    }

    private static String secret(Path file) {
        return secret("file:" + file);
    }

    private static void assertExpects(String expected, String written) {
        IllegalArgumentException failure = assertThrows(IllegalArgumentException.class, () -> secret(written));
        assertEquals(expected, failure.getMessage());
    }

    private static void assertExpects(String expected, Path file) {
        assertExpects(expected, "file:" + file);
    }

    @Test
    void itIsTheTextItselfOrThatOfAVariableOrAFile() throws Exception {
        assertEquals("the text", secret("the text"));
        assertEquals("of the variable\n", secret("env:KEY"));
        assertEquals("of the file, too: é", secret(file("of the file, too: é")));
        assertEquals("file.pem", Secrets.publicKey("file.pem", ENVIRONMENT));
    }

    @ParameterizedTest
    @CsvSource({"a\\n, a", "a\\r\\n, a", "a\\n\\n, a\\n", "' a ', ' a '", "a\\r, a\\r", "a\\nb, a\\nb"})
    void oneNewlineAtTheEndOfAFileIsNoPartOfIt(String content, String read) throws Exception {
        assertEquals(unescaped(read), secret(file(unescaped(content))));
    }

    private static String unescaped(String text) {
        return text.replace("\\n", "\n").replace("\\r", "\r");
    }

    @ParameterizedTest
    @ValueSource(strings = {"env:MISSING", "env:EMPTY", "env:", "env:key"})
    void aVariableIsSetAndNotEmpty(String written) {
        assertExpects("an environment variable that is set, and not empty", written);
    }

    @Test
    void aFileIsThereAndHasAShortText() throws Exception {
        assertExpects("a file that can be read", directory.resolve("missing"));
        assertExpects("a file that can be read", "file:");
        assertExpects("a file, and no directory", directory);
        assertExpects("the path of a file", "file:\0");
        assertExpects("a file that is not empty", file("\n"));
        assertExpects("a file in UTF-8", file(new byte[] {'a', (byte) 0xff}));
        assertEquals(64 << 10, secret(file("x".repeat(64 << 10))).length());
        assertExpects("a file of at most 64 kB", file("x".repeat((64 << 10) + 1)));
        assertExpects("a text, env:NAME or file:PATH", "");
    }

    @Test
    void aFileThatThisProcessMayNotReadIsRefused() throws Exception {
        Path file = permit("---------", file("x"));
        assumeTrue(!Files.isReadable(file), "root reads everything");
        assertExpects("a file that can be read", file);
    }

    @ParameterizedTest
    @CsvSource({
        "rw-------, true",
        "rw-r-----, true",
        "rw-r----x, true",
        "rw-r--r--, false",
        "r--r--r--, false",
        "---r--r--, false"
    })
    void aFileOfASecretIsClosedToOthers(String permissions, boolean taken) throws Exception {
        Path file = permit(permissions, file("x"));
        if (taken) {
            assertEquals("x", secret(file));
            assertEquals("x", Secrets.pem(file.toString(), true));
        } else {
            assertExpects("a file that others cannot read: chmod o-rwx", file);
            assertThrows(IllegalArgumentException.class, () -> Secrets.pem(file.toString(), true));
        }
    }

    @Test
    void anybodyMayReadAPublicKey() throws Exception {
        Path file = permit("rw-r--r--", file("x"));
        assertEquals("x", Secrets.publicKey("file:" + file, ENVIRONMENT));
        assertEquals("x", Secrets.pem(file.toString(), false));
    }

    @Test
    void aDirectoryThatOthersCannotEnterClosesAllThatIsInIt() throws Exception {
        Path inner = Files.createDirectory(directory.resolve("inner"));
        permit("rwxr-xr-x", inner);
        Path file = permit("rw-r--r--", Files.writeString(inner.resolve("open"), "x"));
        assertExpects("a file that others cannot read: chmod o-rwx", file);
        permit("rwxr-xr--", directory);
        assertEquals("x", secret(file));
    }

    @Test
    void aLinkIsAsOpenAsItsTarget() throws Exception {
        Path target = permit("rw-r--r--", file("x"));
        Path closed = Files.createDirectory(directory.resolve("closed"));
        permit("rwx------", closed);
        Path link = Files.createSymbolicLink(closed.resolve("link"), target);
        assertExpects("a file that others cannot read: chmod o-rwx", link);
        permit("rw-------", target);
        assertEquals("x", secret(link));
    }
}
