"""The seller's own people, and what they may do."""
