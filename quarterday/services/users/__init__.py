"""People who sign in, and the accounts that they act for."""
