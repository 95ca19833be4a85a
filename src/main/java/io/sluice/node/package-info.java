/**
 * The node as a program: command line, configuration, verticles.
 *
 * <pre>
 *   Main --> RunCommand      reads and checks the configuration (ConfigReader, NodeConfig)
 *               |
 *          NodeVerticle      as many as -instances; they share one Node:
 *               |
 *             Node --+--> EventStream    one per stream, with a log from Logs and consumers on the bus
 *                    +--> HttpVerticle   one per instance: Router, SseHandler, PublishHandler, Webroot
 *                    +--> BridgeVerticle the TCP event-bus bridge, if it is configured
 *                    +--> Producers      deploys each producer once
 *                    +--> AdminListener  what it tells and what can be changed, if it is configured: one AdminPart each
 * </pre>
 */
@NullMarked
package io.sluice.node;

import org.jspecify.annotations.NullMarked;
