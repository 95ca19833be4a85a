package io.sluice.webroot;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A file or a directory below a webroot, as a request names it.
 *
 * @param names from the webroot downwards; empty for the webroot itself
 * @param directory whether it ends with a slash, and so names a directory
 */
record FilePath(List<String> names, boolean directory) {

    /** The one hidden directory that is public (RFC 8615). */
    private static final String WELL_KNOWN = ".well-known";

    FilePath {
        names = List.copyOf(names);
    }

    /**
     * The path of a request, if there may be a file of this name. Hidden files are never served, nor is a name that is a path by
     * itself, such as {@code ..%2fsecret}.
     *
     * @param path of the URL, without dot segments, with its percent-encoding
     */
    static Optional<FilePath> of(String path) {
        if (!path.startsWith("/")) {
            return Optional.empty();
        }
        String[] encoded = path.substring(1).split("/", -1);
        int last = encoded.length - 1;
        boolean directory = encoded[last].isEmpty();
        List<String> names = new ArrayList<>();
        for (int i = 0; i < (directory ? last : encoded.length); i++) {
            Optional<String> name = decode(encoded[i]).filter(FilePath::isName);
            if (name.isEmpty() || (isHidden(name.get()) && (i > 0 || !name.get().equals(WELL_KNOWN)))) {
                return Optional.empty();
            }
            names.add(name.get());
        }
        return Optional.of(new FilePath(names, directory));
    }

    private static Optional<String> decode(String encoded) {
        try {
            // A plus is a plus in a path.
            return Optional.of(URLDecoder.decode(encoded.replace("+", "%2B"), StandardCharsets.UTF_8));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** Whether it is one segment of a path on every system. U+FFFD stands for what was no UTF-8. */
    private static boolean isName(String name) {
        return !name.isEmpty()
                && name.chars().noneMatch(c -> c == '/' || c == '\\' || c == '\uFFFD' || Character.isISOControl(c));
    }

    private static boolean isHidden(String name) {
        return name.startsWith(".");
    }
}
