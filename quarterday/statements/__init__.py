"""Readers of bank statements, one file each: a new file here is a new format. They see ports and
core, and nothing that they read is kept by them.
"""
