/** Shows the members of a cluster side by side. */
