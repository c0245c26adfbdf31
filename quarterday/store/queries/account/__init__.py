"""What the staff's page of one customer shows; every read costs the same however long it has been
a customer.
"""
