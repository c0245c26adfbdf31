"""What other systems are told: addresses, what waits to be told them, and what became of it."""
