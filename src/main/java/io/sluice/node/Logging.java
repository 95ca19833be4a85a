package io.sluice.node;

import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** What can be changed of the log while the node runs. Any thread. */
interface Logging {

    /** The logger above all. */
    String ROOT = "root";

    /** Writes as the configuration says from now on: its format, where the shipped Logback file is in use; and its levels. */
    void configure(LoggingConfig config);

    /** The level by the name of each logger that has one of its own; the others have that of the logger above. */
    Map<String, String> levels();

    /**
     * Sets the level of a logger.
     *
     * @param level null for that of the logger above; not for {@link #ROOT}
     */
    void setLevel(String logger, LoggingConfig.@Nullable Level level);

    /** Names the node in each line, where lines have a place for it. */
    void setMember(String name);

    /** That of this process; empty if its log is not Logback's: the application that deploys a node has the one that it likes. */
    static Optional<Logging> ofProcess() {
        // The name, since the class may not be there.
        String factory = LoggerFactory.getILoggerFactory().getClass().getName();
        return factory.equals("ch.qos.logback.classic.LoggerContext")
                ? Optional.of(LogbackLogging.INSTANCE)
                : Optional.empty();
    }
}
