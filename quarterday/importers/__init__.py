"""Readers of files, one file each: a new file here is a new format. They see ports and core."""
