"""Editors of templates, layout and reminders."""
