"""Try a template in a process of its own, so that an endless or greedy one harms nobody.

Few are tried at once, or many greedy ones together would take all the memory there is.

Run as a module it reads a page and a template from stdin, and prints what is wrong and, where they
are asked for, pictures of the first pages as JSON.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import threading
from base64 import b64decode, b64encode
from collections.abc import Mapping
from typing import Any

from quarterday.core.errors import BillingError
from quarterday.ports.document import TryAgain

SECONDS = 10
_MOST_PAGES = 3
_MEMORY = 2 << 30
_AT_ONCE = 2
# Whoever waits keeps a thread of the web server from others.
_PATIENCE = 2.0
_free = threading.BoundedSemaphore(_AT_ONCE)


def try_template(page: Mapping[str, Any], template: str) -> None:
    """Render a page in another process. Raises `BillingError` for whatever goes wrong there."""
    _run(page, template)


def draw_template(page: Mapping[str, Any], template: str) -> list[bytes]:
    """The first pages as PNG, made there. Raises `BillingError` for whatever goes wrong."""
    return [b64decode(one) for one in _run(page, template, most_pages=_MOST_PAGES)]


def _run(page: Mapping[str, Any], template: str, most_pages: int = 0) -> list[str]:
    if not _free.acquire(timeout=_PATIENCE):
        raise TryAgain("other layouts are being drawn at this moment; try again in a few seconds")
    try:
        return _run_alone(page, template, most_pages)
    finally:
        _free.release()


def _run_alone(page: Mapping[str, Any], template: str, most_pages: int) -> list[str]:
    given = json.dumps({"page": dict(page), "template": template, "most_pages": most_pages})
    command = [sys.executable, "-m", "quarterday.documents.try_template"]
    try:
        done = subprocess.run(
            command, input=given, capture_output=True, text=True, timeout=2 * SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        raise BillingError(_TOO_MUCH) from None
    try:
        said = json.loads(done.stdout)
    except ValueError:
        raise BillingError(_TOO_MUCH) from None
    if said["problem"]:
        raise BillingError(said["problem"])
    pictures: list[str] = said["pictures"]
    return pictures


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
    said: dict[str, Any] = {"problem": "", "pictures": []}
    try:
        if given["most_pages"]:
            made = find_renderer().make_pictures(given["page"], given["template"])
            said["pictures"] = [b64encode(one).decode() for one in made[: given["most_pages"]]]
        else:
            find_renderer().render(given["page"], template=given["template"])
    except BillingError as error:
        said["problem"] = str(error)
    sys.stdout.write(json.dumps(said))


if __name__ == "__main__":
    _main()
