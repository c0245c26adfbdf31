"""What `quarterday bench` needs: many accounts at once, and the physical limit of writing."""
