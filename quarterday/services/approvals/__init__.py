"""Money that leaves above a limit, once somebody else has looked."""
