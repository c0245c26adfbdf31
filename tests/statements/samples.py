"""Statements as banks give them, of which copies stand outside of the repository."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from quarterday.core.statement import Statement
from quarterday.ports.statement import find_statement_reader

FOLDER = Path(__file__).parents[3] / "shared" / "samples" / "bank"
needs_samples = pytest.mark.skipif(
    not FOLDER.is_dir(), reason=f"the samples of bank statements are not there: {FOLDER}"
)


def list_samples(pattern: str) -> list[Path]:
    """Samples by a pattern; none where they are not there."""
    return sorted(FOLDER.glob(pattern)) if FOLDER.is_dir() else []


def read(content: bytes | str, **options: Any) -> tuple[Statement, ...]:
    """What a file holds, by whichever reader knows it."""
    raw = content.encode() if isinstance(content, str) else content
    given = {"name": "file", **options}
    fallback = "csv" if "columns" in options else None
    return find_statement_reader(raw, "file", None, fallback).read(raw, given)
