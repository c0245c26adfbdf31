"""Jobs, services and their health."""
