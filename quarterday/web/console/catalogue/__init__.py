"""Products, plans, prices, taxes and promotions."""
