"""Quarterday: billing that runs by itself, to the cent and the day."""

__version__ = "0.1.0"
