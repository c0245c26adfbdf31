"""Money that gateways pay out to the bank, and what of ours is in it."""
