package io.sluice.stream;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How large the parts of JSON may be, the same at each door: POST, bus, bridge, configuration. Whoever reads the events may use
 * the stack for each level, and time in the square of a number's length.
 */
public final class JsonBounds {

    /** The most objects and lists inside each other. Vert.x needs the stack of an event loop, 1 MB, for some 850. */
    public static final int MAX_LEVELS = 200;

    /** The longest number, in characters: what Jackson reads. */
    public static final int MAX_NUMBER = 1000;

    /** The longest name in an object, in bytes: what Jackson reads. */
    public static final int MAX_NAME = 50_000;

    private JsonBounds() {}

    /** The sentence for a value that is nested too deep, to stand behind its name. */
    public static String tooDeep() {
        return "has more than " + MAX_LEVELS + " objects and lists inside each other: expected at most " + MAX_LEVELS;
    }

    /**
     * Whether at most {@value #MAX_LEVELS} objects and lists are inside each other.
     *
     * @param value of Vert.x' JSON. It is walked without the stack, so any depth is safe
     */
    public static boolean fits(@Nullable Object value) {
        List<Iterator<?>> open = new ArrayList<>();
        @Nullable Iterator<?> children = children(value);
        while (children != null || !open.isEmpty()) {
            if (children != null) {
                open.add(children);
                if (open.size() > MAX_LEVELS) {
                    return false;
                }
            }
            Iterator<?> innermost = open.get(open.size() - 1);
            if (innermost.hasNext()) {
                children = children(innermost.next());
            } else {
                children = null;
                open.remove(open.size() - 1);
            }
        }
        return true;
    }

    private static @Nullable Iterator<?> children(@Nullable Object value) {
        if (value instanceof JsonObject object) {
            return children(object.getMap());
        } else if (value instanceof JsonArray array) {
            return children(array.getList());
        } else if (value instanceof Map<?, ?> map) {
            return map.values().iterator();
        }
        return value instanceof List<?> list ? list.iterator() : null;
    }
}
