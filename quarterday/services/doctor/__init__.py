"""Whether an installation is set up as it should be; one file for each area."""
