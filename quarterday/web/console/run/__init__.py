"""The billing run: what it will do, and what it did."""
