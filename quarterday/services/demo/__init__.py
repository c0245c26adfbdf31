"""An invented business and a year of its life, to look at and to learn from."""
