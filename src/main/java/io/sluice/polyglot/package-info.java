/**
 * Verticles in script languages: {@code js:ticker.js}, {@code groovy:Ticker.groovy}.
 *
 * <pre>
 *   JsVerticleFactory --> JsEngine        one per Vert.x: the parsed code of all scripts
 *           |                 |
 *       JsVerticle -----> Script          one per verticle: its globals, on its event loop
 *                             |
 *                             +-- ScriptFiles    where scripts and what they import come from
 *                             +-- Conversion     JavaScript values and Java's; VertxObject is one of Vert.x', Callback a function
 *                             +-- Turns          what the event loop is in the script for; BusyWatch looks at it from outside
 *
 *   GroovyVerticleFactory     the one of vertx-lang-groovy, with our words where it fails
 * </pre>
 *
 * <p>Only the classes at the left are loaded where the languages are missing, as they are in {@code sluice.jar}.
 */
@NullMarked
package io.sluice.polyglot;

import org.jspecify.annotations.NullMarked;
