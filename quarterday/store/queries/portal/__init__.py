"""What the customer's own pages show of one account; every read costs the same however long it
has been a customer.
"""
