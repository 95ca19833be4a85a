package io.sluice.sse;

import java.util.Locale;

/** Why a subscription ended: for the client's close event, for the log and for metrics. */
public enum CloseReason {
    /** It has lasted as long as its stream's subscriptions do. */
    LIFETIME,
    /** The node stops, or this part of it. */
    DRAIN,
    /** It fell out of the history, on a stream that ends those. */
    SLOW,
    /** The node holds as many as it may. */
    OVERLOAD,
    /** Its socket took nothing for too long; nobody is told, since nothing would get there. */
    DEAD,
    /** The client went away; nobody is left to tell. */
    GONE;

    /** The data of the close event, one JSON object. */
    String data() {
        return this == LIFETIME ? "{}" : "{\"reason\":\"" + name().toLowerCase(Locale.ROOT) + "\"}";
    }
}
