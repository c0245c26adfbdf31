"""The merge fields of a message, read from what it tells about."""
