package io.sluice.redis;

import io.sluice.log.NamedStream;

/** Is told what has become of a stream that is watched at this node. */
interface StreamChanges {

    /** Somebody has deleted it. */
    void deleted(NamedStream stream);

    /** Redis has lost events of it. */
    void lost(NamedStream stream);

    /** Redis has it no more, though nobody has deleted it. */
    void forgotten(NamedStream stream);
}
