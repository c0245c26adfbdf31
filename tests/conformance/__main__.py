"""``python -m tests.conformance DIRECTORY``: run a directory of worked cases, print a table.

The exit code is 0 when nothing failed, 1 when something did, 2 when there is nothing to run.
"""

from __future__ import annotations

import sys
from pathlib import Path

from tests.conformance.runner import Status, render_table, run_directory


def main(arguments: list[str]) -> int:
    """Run the cases of a directory."""
    if len(arguments) != 1:
        print("usage: python -m tests.conformance DIRECTORY", file=sys.stderr)
        return 2
    folder = Path(arguments[0])
    results = run_directory(folder)
    if not results:
        print(f"{folder} holds no *.json files with cases", file=sys.stderr)
        return 2
    print(render_table(results))
    return 1 if any(result.count(Status.FAILED) for result in results) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
