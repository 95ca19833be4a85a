package io.sluice.node;

/**
 * What holds for a stream whose own keys do not say it.
 *
 * @param read who may read it
 * @param publish who may publish to it, and how much
 */
record StreamDefaults(Read read, PublishConfig publish) {}
