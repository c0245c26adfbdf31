"""A fake as a process of its own: it goes on when the process under test is killed.

A fake's module ends with ``if __name__ == "__main__": main(FakeStripe)``, and a test says::

    with start("stripe") as fake:
        fake.act("fail", trouble="drop_after", pattern="POST /v1/payment_intents")
        ...
        assert fake.act("list_movements") == ...
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from tests.fakes.base import FakeGateway


def main(kind: type[FakeGateway]) -> None:
    """Serve until the process is ended; the first line that is written is the address."""
    parser = argparse.ArgumentParser(description=kind.__doc__)
    parser.add_argument("--port", type=int, default=0)
    fake = kind(parser.parse_args().port)
    print(fake.url, flush=True)
    with suppress(KeyboardInterrupt):
        fake.serve()


@dataclass(frozen=True)
class Remote:
    """A fake in another process."""

    url: str

    def act(self, name: str, **arguments: Any) -> Any:
        """Call an action of the fake, such as ``fail``, ``list_movements`` or ``deliver``."""
        request = urllib.request.Request(
            f"{self.url}/_fake/{name}", json.dumps(arguments).encode(), {}
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def total(self, key: str = "") -> int:
        """The money that the seller has there."""
        return sum(
            one["amount_minor"] for one in self.act("list_movements") if key in ("", one["key"])
        )


@contextmanager
def start(code: str) -> Iterator[Remote]:
    """Start the fake of a gateway, and end it after the test."""
    process = subprocess.Popen(
        [sys.executable, "-m", f"tests.fakes.{code}"], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    try:
        yield Remote(process.stdout.readline().strip())
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
