"""What is done about unpaid invoices: reminders, fees, suspension, and what pauses them."""
