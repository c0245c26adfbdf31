"""The ``quarterday`` command: says which settings hold, then hands over to the command line."""

from __future__ import annotations

import os
import sys


def main() -> None:
    """Run the command line; each command sets Django up itself, so that ``--help`` is quick."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "quarterday.project.settings")
    try:
        # Late, because somebody may press Ctrl-C while it is being imported.
        from quarterday.cli.app import app

        app(prog_name="quarterday")
    except KeyboardInterrupt:
        sys.exit(130)
