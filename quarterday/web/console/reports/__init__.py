"""Reports with their charts."""
