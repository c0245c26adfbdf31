"""What could not be done without a person."""
