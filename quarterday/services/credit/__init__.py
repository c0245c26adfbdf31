"""Credit of accounts: given, used, expired, taken back."""
