"""Makes what the project knows of itself known to Django."""

from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig


class ProjectConfig(AppConfig):
    """The project; it stores nothing."""

    name = "quarterday.project"
    label = "quarterday_project"

    def ready(self) -> None:
        """Register the checks, now that there are models for them to ask."""
        import_module("quarterday.project.production")
