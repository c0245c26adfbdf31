"""Contracts and their items: what is billed, and from which day to which."""
