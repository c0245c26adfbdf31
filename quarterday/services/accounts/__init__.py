"""Those who owe."""
