"""What is kept: one Django app, one linear migration history."""
