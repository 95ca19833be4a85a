/** Several nodes: how they find each other, and who they are. */
@NullMarked
package io.sluice.cluster;

import org.jspecify.annotations.NullMarked;
