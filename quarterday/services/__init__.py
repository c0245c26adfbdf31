"""Every write, one verb a file, in short transactions without network inside."""
