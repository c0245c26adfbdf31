"""The cash desk: tills, and who may take money."""
