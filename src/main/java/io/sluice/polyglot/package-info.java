/**
 * Verticles in script languages: {@code js:ticker.js}, {@code groovy:Ticker.groovy}.
 *
 * <pre>
 *   JsVerticleFactory --> JsEngine        one per Vert.x: the parsed code of all scripts
 *           |                 |
 *       JsVerticle -----> Script          one per verticle: its globals, on its event loop
 *                             |
 *                             +-- ScriptFiles    the files of scripts and of their imports
 *                             +-- Conversion     values of JavaScript to Java and back: VertxObject, Callback
 *                             +-- ScriptCalls    the call that is in the script; BusyWatch checks it from another thread
 *
 *   GroovyVerticleFactory --> GroovyVerticle     vertx-lang-groovy, with failures of one line; GroovyBusExtension makes JSON
 * </pre>
 *
 * <p>{@code sluice.jar} has none of the languages, and loads only the two factories.
 */
@NullMarked
package io.sluice.polyglot;

import org.jspecify.annotations.NullMarked;
