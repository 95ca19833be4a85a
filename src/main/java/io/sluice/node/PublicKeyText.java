package io.sluice.node;

/**
 * A key that anybody may know, in PEM.
 *
 * @param pem the text, wherever the configuration has it
 */
record PublicKeyText(String pem) {}
