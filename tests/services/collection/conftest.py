"""A seller that collects by the scripted gateway."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from quarterday.ports.gateway import list_gateways


@pytest.fixture(autouse=True)
def _plugin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Another package is installed that registers the gateway."""
    from tests.services.collection.scripted_gateway import Bank

    info = tmp_path / "scripted-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: scripted\nVersion: 1.0\n")
    entry = (
        "[quarterday.gateways]\nscripted = tests.services.collection.scripted_gateway:Scripted\n"
    )
    (info / "entry_points.txt").write_text(entry)
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    list_gateways.cache_clear()
    Bank.clear()
    yield
    list_gateways.cache_clear()
