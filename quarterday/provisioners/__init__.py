"""The kinds of places where services run; each is one file, found by itself."""
