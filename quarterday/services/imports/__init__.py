"""Loading a business from files: rows become what the other services make of them."""
