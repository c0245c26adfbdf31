"""Work that is done once, however often it is asked for."""
