"""What staff see first: how the business stands, and what waits for them."""
