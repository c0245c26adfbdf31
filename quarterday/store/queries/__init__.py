"""Reads, one file per noun; they change nothing."""
