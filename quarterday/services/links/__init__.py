"""Signed links: made, opened, used once, renewed and revoked."""
