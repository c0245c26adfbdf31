"""Figures of days: added up from documents, and as they were written down."""
