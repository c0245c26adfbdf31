"""Automatic collection: charging kept methods for what is due, and agreements to pay in parts."""
