"""The desk: who stands there, what they owe, and the money that they bring; nothing else."""
