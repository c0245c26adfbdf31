"""What gateways report by themselves: stored as it came, and acted on afterwards, in any order."""
