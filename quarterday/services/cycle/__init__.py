"""The work of a day, step by step, so that everybody can see how far it is."""
