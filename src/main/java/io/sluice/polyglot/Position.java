package io.sluice.polyglot;

import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.graalvm.polyglot.PolyglotException;
import org.graalvm.polyglot.PolyglotException.StackFrame;
import org.graalvm.polyglot.SourceSection;
import org.jspecify.annotations.Nullable;

/** A line of a script: {@code ticker.js:12}. */
record Position(String file, int line) {

    static Optional<Position> of(@Nullable SourceSection section) {
        if (section == null || !section.isAvailable() || section.getSource().isInternal()) {
            return Optional.empty();
        }
        String path = section.getSource().getPath();
        String file = path == null ? section.getSource().getName() : ScriptFiles.show(Path.of(path));
        return Optional.of(new Position(file, section.getStartLine()));
    }

    /** The line that threw, or else the innermost call that is in a script. */
    static Optional<Position> of(PolyglotException failure) {
        return of(failure.getSourceLocation()).or(() -> frames(failure)
                .flatMap(frame -> of(frame.getSourceLocation()).stream())
                .findFirst());
    }

    /** The calls that are in scripts, one a line, the innermost first. */
    static String stack(PolyglotException failure) {
        return frames(failure)
                .flatMap(frame ->
                        of(frame.getSourceLocation()).map(position -> "\n    at " + name(frame) + position).stream())
                .collect(Collectors.joining());
    }

    /** GraalJS names a function without a name {@code :program} or {@code :=>}. */
    private static String name(StackFrame frame) {
        String name = String.valueOf(frame.getRootName());
        return name.startsWith(":") ? "" : name + ", ";
    }

    private static Stream<StackFrame> frames(PolyglotException failure) {
        return StreamSupport.stream(failure.getPolyglotStackTrace().spliterator(), false)
                .filter(StackFrame::isGuestFrame);
    }

    @Override
    public String toString() {
        return file + ':' + line;
    }
}
