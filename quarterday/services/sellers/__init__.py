"""Those who bill."""
