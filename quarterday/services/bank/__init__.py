"""The bank: what it states, and what each line was for."""
