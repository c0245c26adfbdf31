"""What other programs call: incoming hooks, and later the REST interface."""
