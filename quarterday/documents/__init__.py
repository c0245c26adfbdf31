"""Renderers of documents: PDF by typst. Each class with ``render`` is found by itself."""
