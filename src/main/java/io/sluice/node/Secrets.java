package io.sluice.node;

import io.sluice.auth.Secret;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Map;

/**
 * Reads the secrets and keys of a configuration: the text itself, {@code env:NAME} or {@code file:PATH}. Each method fails with {@link
 * IllegalArgumentException}, whose message is what is expected, and shows nothing of what was found.
 */
final class Secrets {

    private static final String VARIABLE = "env:";
    private static final String FILE = "file:";
    private static final int MAX_FILE = 64 << 10;

    private Secrets() {}

    /** Whether a text says where a secret is, and is none itself. */
    static boolean isReference(String text) {
        return text.startsWith(VARIABLE) || text.startsWith(FILE);
    }

    /** A secret. Others may not read its file. */
    static Secret secret(String text, Map<String, String> environment) {
        return new Secret(read(text, environment, true));
    }

    /** A key that anybody may know. */
    static String publicKey(String text, Map<String, String> environment) {
        return read(text, environment, false);
    }

    /**
     * What is in a PEM file, which is named by its path alone as well.
     *
     * @param isSecret whether others may not read the file
     */
    static String pem(String text, boolean isSecret) {
        return read(isReference(text) ? text : FILE + text, System.getenv(), isSecret);
    }

    private static String read(String text, Map<String, String> environment, boolean isSecret) {
        if (text.startsWith(VARIABLE)) {
            String value = environment.getOrDefault(text.substring(VARIABLE.length()), "");
            require(!value.isEmpty(), "an environment variable that is set, and not empty");
            return value;
        }
        if (text.startsWith(FILE)) {
            return read(path(text.substring(FILE.length())), isSecret);
        }
        require(!text.isEmpty(), "a text, env:NAME or file:PATH");
        return text;
    }

    private static Path path(String text) {
        require(!text.isEmpty(), "a file that can be read");
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException("the path of a file", e);
        }
    }

    private static String read(Path file, boolean isSecret) {
        require(!Files.isDirectory(file), "a file, and no directory");
        require(Files.isRegularFile(file), "a file that can be read");
        require(!isSecret || !isOpenToOthers(file), "a file that others cannot read: chmod o-rwx");
        String text = text(file);
        // Editors and "echo" end a file with it.
        String line = text.endsWith("\n") ? text.substring(0, text.length() - (text.endsWith("\r\n") ? 2 : 1)) : text;
        require(!line.isEmpty(), "a file that is not empty");
        return line;
    }

    private static String text(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(MAX_FILE + 1);
            require(bytes.length <= MAX_FILE, "a file of at most 64 kB");
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("a file in UTF-8", e);
        } catch (IOException e) {
            throw new IllegalArgumentException("a file that can be read", e);
        }
    }

    /** Whether other users of the machine can read a file: none can where they cannot enter a directory on the way to it. */
    private static boolean isOpenToOthers(Path file) {
        try {
            Path real = file.toRealPath();
            boolean isOpen = permits(real, PosixFilePermission.OTHERS_READ);
            for (Path way = real.getParent(); way != null && isOpen; way = way.getParent()) {
                isOpen = permits(way, PosixFilePermission.OTHERS_EXECUTE);
            }
            return isOpen;
        } catch (UnsupportedOperationException e) {
            // The file system knows no such permissions.
            return false;
        } catch (IOException e) {
            throw new IllegalArgumentException("a file that can be read", e);
        }
    }

    private static boolean permits(Path file, PosixFilePermission permission) throws IOException {
        return Files.getPosixFilePermissions(file).contains(permission);
    }

    private static void require(boolean holds, String expected) {
        if (!holds) {
            throw new IllegalArgumentException(expected);
        }
    }
}
