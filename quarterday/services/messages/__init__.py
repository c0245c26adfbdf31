"""What is said to customers: queued with the fact it tells of, addressed, sent, answered for."""
