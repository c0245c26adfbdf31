"""Which job ran when: each slot of time once."""
