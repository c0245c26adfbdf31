"""Documents as PDF, by typst."""
