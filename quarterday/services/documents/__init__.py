"""Documents as files: made once, kept with their hash, never changed again."""
