"""Killed between any two steps of reminding, and taken up again by the next look of the job.

In the end everything is as if nobody had died: nothing is said, charged or done twice, and nothing
is left out.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests import dying
from tests.databases import Databases
from tests.zygote import DIE_AT, Zygote

pytestmark = pytest.mark.slow
DUE = datetime(2026, 3, 16, 10, tzinfo=UTC)


class World:
    """A copy of the shop, and processes that live at a chosen time."""

    def __init__(self, url: str, zygote: Zygote, folder: Path, databases: Databases) -> None:
        self.url, self.zygote, self.folder, self.databases = url, zygote, folder, databases

    def copy(self) -> World:
        return World(self.databases.copy(self.url), self.zygote, self.folder, self.databases)

    def do(self, deed: str, after: int, die_at: int = 0) -> bool:
        """Whether the process died; anything else than its end or the death is a failure."""
        env = os.environ | {
            "QUARTERDAY_DATABASE_URL": self.url,
            "QUARTERDAY_NOW": (DUE + timedelta(days=after)).isoformat(),
            DIE_AT: str(die_at),
        }
        done = self.zygote.run((), env, self.folder, f"tests.stories.dunning_deeds:{deed}")
        assert done.returncode in (0, dying.STATUS), done.stdout + done.stderr
        self.said = done.stdout
        return done.returncode == dying.STATUS

    def facts(self) -> dict[str, Any]:
        self.do("tell", 6)
        facts: dict[str, Any] = json.loads(self.said)
        assert facts.pop("offences") == []
        return facts

    def drop(self) -> None:
        with suppress(FileNotFoundError):
            self.databases.drop(self.url)


@pytest.fixture(scope="module")
def shop(
    databases: Databases, zygote: Zygote, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    """Everybody was reminded, and the day of the consequences has come."""
    world = World(databases.create(), zygote, tmp_path_factory.mktemp("dunning"), databases)
    world.do("fill", -14)
    world.do("dun", 3)
    yield world
    world.drop()


@pytest.mark.parametrize("deed", ["dun", "pay"])
def test_death_anywhere_changes_nothing(shop: World, deed: str) -> None:
    before = shop.copy()
    if deed == "pay":
        before.do("dun", 5)
    usual: dict[str, Any] = {}
    for step in range(200):
        world = before.copy()
        has_died = world.do(deed, 5, die_at=step)
        # Whoever pays is asked to do it again; the job comes by itself.
        world.do(deed, 5)
        world.do("dun", 5)
        found = world.facts()
        world.drop()
        usual = usual or found
        assert found == usual, f"killed at step {step}"
        if step and not has_died:
            break
    before.drop()
    assert step > 2
    held = ["S1", "S2", "S3"] if deed == "dun" else ["S2", "S3"]
    assert usual["holds"] == held
    assert [one for one in usual["messages"] if one[1] == "suspended"] == [
        ["A1", "suspended"],
        ["A2", "suspended"],
        ["A3", "suspended"],
    ]
    fees = sorted(status for total, status in usual["invoices"] if total == 500)
    assert fees == ["open", "open", "paid" if deed == "pay" else "open"]
