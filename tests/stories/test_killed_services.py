"""Killed between any two steps of suspending and restoring, and taken up again by the jobs.

The program that runs the service lives on, as it would. In the end the service is as it is wanted,
nothing was done twice, and customer and other systems were told once.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests import dying
from tests.databases import Databases
from tests.fakes.recorder import SECRET, FakeRecorder
from tests.zygote import DIE_AT, Zygote

pytestmark = pytest.mark.slow
NOON = datetime(2026, 3, 16, 12, tzinfo=UTC)
# What the program remembers.
KEPT = ("services", "calls", "hooks", "hook_ids")
# After the death: when its lease is over, and once more.
LATER = (timedelta(seconds=61), timedelta(minutes=4))


class World:
    """A copy of the shop, and processes that live at a chosen time."""

    def __init__(
        self, url: str, fake: FakeRecorder, zygote: Zygote, folder: Path, databases: Databases
    ) -> None:
        self.url, self.fake, self.zygote, self.folder = url, fake, zygote, folder
        self.databases, self.memory = databases, dict[str, Any]()

    def copy(self) -> World:
        """A world of its own: the program, too, knows only what it knew at this point."""
        if not self.memory:
            kept = {name: value for name, value in vars(self.fake).items() if name in KEPT}
            self.memory = deepcopy(kept)
        vars(self.fake).update(deepcopy(self.memory))
        url = self.databases.copy(self.url)
        return World(url, self.fake, self.zygote, self.folder, self.databases)

    def do(self, deed: str, at: datetime = NOON, die_at: int = 0) -> bool:
        """Whether the process died; anything else than its end or the death is a failure."""
        env = os.environ | {
            "QUARTERDAY_DATABASE_URL": self.url,
            "QUARTERDAY_NOW": at.isoformat(),
            "QUARTERDAY_PRIVATE_HOSTS": "127.0.0.1",
            "RECORDER_URL": self.fake.url,
            "RECORDER_SECRET": SECRET,
            DIE_AT: str(die_at),
        }  # fmt: skip
        done = self.zygote.run((), env, self.folder, f"tests.stories.service_deeds:{deed}")
        assert done.returncode in (0, dying.STATUS), done.stdout + done.stderr
        self.said = done.stdout
        return done.returncode == dying.STATUS

    def facts(self) -> dict[str, Any]:
        self.do("tell", NOON + LATER[1])
        facts: dict[str, Any] = json.loads(self.said)
        assert facts["offences"] == []
        return facts


@pytest.fixture(scope="module")
def shop(
    databases: Databases, zygote: Zygote, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    """The shop with a service that runs."""
    with FakeRecorder() as fake:
        folder = tmp_path_factory.mktemp("services")
        world = World(databases.create(), fake, zygote, folder, databases)
        world.do("fill", NOON - timedelta(minutes=10))
        assert [one.condition for one in fake.services.values()] == ["active"]
        yield world
        databases.drop(world.url)


@pytest.mark.parametrize(("deed", "stride"), [("suspend", 1), ("restore", 3)])
def test_killed_at_each_step(shop: World, deed: str, stride: int) -> None:
    before = shop.copy()
    if deed == "restore":
        before.do("suspend", NOON - timedelta(minutes=5))
    for step in range(1, 200, stride):
        world = before.copy()
        has_died = world.do(deed, die_at=step)
        world.do("tick", NOON + LATER[0])
        check(world)
        shop.databases.drop(world.url)
        if not has_died:
            assert step > 12, "it has hardly done anything that could be interrupted"
            break
    shop.databases.drop(before.url)


def check(world: World) -> None:
    """The place is as it is wanted, and everything was told once."""
    facts, fake = world.facts(), world.fake
    wanted, condition, status = facts["stands"]
    assert (condition, status) == (wanted, "settled")
    assert fake.services[facts["service"]].condition == wanted
    actions = [one.action for one in fake.calls]
    assert len(actions) == len({one.key for one in fake.calls})
    story = ["create", "suspend", "restore"]
    assert actions == story[: len(actions)], "nothing was done twice or out of order"
    told = {"suspended": actions.count("suspend"), "restored": actions.count("restore")}
    assert facts["messages"] == sorted(kind for kind, times in told.items() if times)
    assert sorted(one["type"] for one in fake.hooks) == sorted(facts["events"])
    assert len(fake.hook_ids) == len(fake.hooks)
