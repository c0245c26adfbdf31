"""Everything about one customer on one page."""
