"""The sample business in the native format: the same seed and days give the same records."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from random import Random

from quarterday.services.demo.hosting import make_hosting
from quarterday.services.demo.names import make_names
from quarterday.services.demo.sample import Record, Sample
from quarterday.services.demo.software import make_software
from quarterday.services.demo.wisp import make_wisp

SEED = 25


def make_sample(first: date, last: date, *, seed: int = SEED, size: int = 400) -> Iterator[Record]:
    """Three sellers with about ``size`` accounts, whose year runs from ``first`` to ``last``."""
    rng = Random(seed)
    sample = Sample(rng, first, last, make_names(rng))
    software = max(1, size // 10)
    wisp = max(1, size * 3 // 10)
    yield from make_hosting(sample, max(1, size - software - wisp))
    yield from make_wisp(sample, wisp)
    yield from make_software(sample, software)


def write_line(record: Record) -> str:
    """A record as a line of the native format."""
    return json.dumps(record, ensure_ascii=False) + "\n"
