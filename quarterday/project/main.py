"""The ``quarterday`` command: says which settings hold, then hands over to the command line."""

from __future__ import annotations

import os

from quarterday.cli.app import app


def main() -> None:
    """Run the command line; each command sets Django up itself, so that ``--help`` is quick."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "quarterday.project.settings")
    app(prog_name="quarterday")
