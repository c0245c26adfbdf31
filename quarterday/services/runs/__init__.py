"""Runs that staff order and steer: previews, holds, runs at once or on a day, bulk invoices."""
