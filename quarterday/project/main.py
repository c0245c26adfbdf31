"""The ``quarterday`` command: prepares Django, then hands over to the command line."""

from __future__ import annotations

import os
import sys

import django
from django.core.exceptions import ImproperlyConfigured


def main() -> None:
    """Run the command line; exits with 2 when the environment is set up wrongly."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "quarterday.project.settings")
    try:
        django.setup()
    except ImproperlyConfigured as error:
        print(f"quarterday: {error}", file=sys.stderr)  # noqa: T201 (no console yet)
        raise SystemExit(2) from None
    # Only now, since commands import models.
    from quarterday.cli.app import app

    app()
