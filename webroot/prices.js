/** Shows the prices. */
