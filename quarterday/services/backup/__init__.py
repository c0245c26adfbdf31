"""Whole copies of an installation's data, proved readable when they are made."""
