"""Worked cases of other billing engines, run through the public functions of ``quarterday.core``."""
