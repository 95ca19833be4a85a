package io.sluice.soak;

/**
 * The options of a soak's command line.
 *
 * @param seed of what the clients do; printed, so that a soak can be repeated
 */
record SoakOptions(int seconds, int clients, long seed) {

    static SoakOptions of(String[] arguments, int seconds, int clients) {
        return new SoakOptions(
                Math.toIntExact(option(arguments, "--seconds", seconds)),
                Math.toIntExact(option(arguments, "--clients", clients)),
                option(arguments, "--seed", System.nanoTime()));
    }

    private static long option(String[] arguments, String name, long absent) {
        for (int i = 0; i < arguments.length - 1; i += 2) {
            if (arguments[i].equals(name)) {
                return Long.parseLong(arguments[i + 1]);
            }
        }
        return absent;
    }
}
