"""Every write, one verb per file: short transactions, no network inside them."""
