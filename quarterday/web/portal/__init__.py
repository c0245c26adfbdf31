"""The customer's own place: what is owed, invoices, credit, services, people."""
