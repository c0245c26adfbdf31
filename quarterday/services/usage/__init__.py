"""Measurements, each counted once."""
