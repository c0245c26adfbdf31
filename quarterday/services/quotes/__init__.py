"""Quotes: offers to one account."""
