"""Ways to be paid: one file each; they see ports and core only."""
