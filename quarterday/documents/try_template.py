"""Try a template in a process of its own, so that an endless or greedy one harms nobody.

Run as a module it reads a page and a template from stdin and prints what is wrong as JSON.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from collections.abc import Mapping
from typing import Any

from quarterday.core.errors import BillingError

SECONDS = 10
_MEMORY = 2 << 30


def try_template(page: Mapping[str, Any], template: str) -> None:
    """Render a page in another process. Raises `BillingError` for whatever goes wrong there."""
    given = json.dumps({"page": dict(page), "template": template})
    command = [sys.executable, "-m", "quarterday.documents.try_template"]
    try:
        done = subprocess.run(
            command, input=given, capture_output=True, text=True, timeout=2 * SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        raise BillingError(_TOO_MUCH) from None
    try:
        problem = json.loads(done.stdout)
    except ValueError:
        raise BillingError(_TOO_MUCH) from None
    if problem:
        raise BillingError(problem)


_TOO_MUCH = (
    f"the template takes more than {SECONDS} seconds or 2 GB for one document; "
    "look for a loop that does not end"
)


def _main() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 24, 1 << 24))
    from quarterday.ports.document import find_renderer

    given = json.load(sys.stdin)
    problem = ""
    try:
        find_renderer().render(given["page"], template=given["template"])
    except BillingError as error:
        problem = str(error)
    sys.stdout.write(json.dumps(problem))


if __name__ == "__main__":
    _main()
