"""One file for each gateway: what it is tried with."""
