"""The only writers of the book."""
