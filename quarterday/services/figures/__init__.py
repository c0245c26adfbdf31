"""Figures of days: written down once, so that pages need not add up a million documents."""
