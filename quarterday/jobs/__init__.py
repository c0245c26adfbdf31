"""Work that comes due: one file per job, and what runs them."""
