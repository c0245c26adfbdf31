"""What is sold: products, plans, prices, taxes, discounts and meters."""
