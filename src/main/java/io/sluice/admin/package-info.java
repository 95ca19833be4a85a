/**
 * What a node tells those who run it: its report, those of all members of its cluster as they come, and the page that shows them.
 *
 * <pre>
 *   io.sluice.node: NodeReporter  --&gt;  NodeReport  --&gt;  GET /api/node
 *                                          |
 *                                          v
 *                the bus          &lt;--&gt; ReportFeed  --&gt;  GET /node, one report a second and member
 *
 *                                      Dashboard   --&gt;  /dashboard/, which shows them
 * </pre>
 *
 * <p>The listener itself, and who may come in, is the node's: {@code io.sluice.node.AdminListener}.
 */
@NullMarked
package io.sluice.admin;

import org.jspecify.annotations.NullMarked;
