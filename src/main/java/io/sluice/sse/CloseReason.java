package io.sluice.sse;

import java.util.Locale;

/** Why a subscription ended: for the client's close event, for the log and for metrics. */
public enum CloseReason {
    /** It has lasted as long as its stream's subscriptions do. */
    LIFETIME,
    /** The node stops, or this part of it. */
    DRAIN,
    /** The client went away; nobody is left to tell. */
    GONE;

    /** The data of the close event, one JSON object. */
    String data() {
        return this == LIFETIME ? "{}" : "{\"reason\":\"" + name().toLowerCase(Locale.ROOT) + "\"}";
    }
}
