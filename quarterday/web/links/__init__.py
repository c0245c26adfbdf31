"""Signed links: pages that a token opens, without signing in."""
