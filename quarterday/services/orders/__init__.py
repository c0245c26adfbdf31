"""Orders: from a cart to an account with its contracts and invoice."""
