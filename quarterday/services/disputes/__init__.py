"""Payments that are taken back, by the payer or by a bank, and what becomes of what they paid."""
