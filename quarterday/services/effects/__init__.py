"""What something would do to an account, shown before it is done."""
