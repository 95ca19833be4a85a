package io.sluice.hazelcast;

/**
 * A lease as the nodes' map has it: {@code <owner> <term> <beat>}.
 *
 * @param owner the id of a member, or {@link #NOBODY}
 * @param term how often the lease was acquired: the fence against an owner that was deposed without noticing it
 * @param beat how often the owner has renewed it
 */
record LeaseEntry(String owner, long term, long beat) {

    static final String NOBODY = "-";

    /** A lease that was never acquired. */
    static final LeaseEntry NONE = new LeaseEntry(NOBODY, 0, 0);

    static LeaseEntry parse(String text) {
        String[] words = text.split(" ", -1);
        return new LeaseEntry(words[0], Long.parseLong(words[1]), Long.parseLong(words[2]));
    }

    LeaseEntry renewed() {
        return new LeaseEntry(owner, term, beat + 1);
    }

    @Override
    public String toString() {
        return owner + ' ' + term + ' ' + beat;
    }
}
