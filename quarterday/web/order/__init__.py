"""The public catalogue, the cart and the check-out."""
