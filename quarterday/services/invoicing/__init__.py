"""Billing: the run, and what happens to issued documents."""
