"""Killed between any two steps of moving money, and taken up again by the ordinary jobs.

The gateway lives on, as the real one would. In the end what it has and what the book says it has
are the same, nothing was charged or given back twice, and everything that was begun is over.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests import dying
from tests.databases import Databases
from tests.fakes.stripe import FakeStripe
from tests.stories.deeds import KEYS
from tests.zygote import DIE_AT, Zygote

pytestmark = pytest.mark.slow
OWED = 11900
NOON = datetime(2026, 3, 16, 12, tzinfo=UTC)
# After the death: at once, when leases are over, and on the next day.
LATER = (timedelta(minutes=5), timedelta(minutes=40), timedelta(days=1, minutes=10))


class World:
    """A copy of the shop, its gateway, and processes that live at a chosen time."""

    def __init__(
        self, url: str, stripe: FakeStripe, zygote: Zygote, folder: Path, databases: Databases
    ) -> None:
        self.url, self.stripe, self.zygote, self.folder = url, stripe, zygote, folder
        self.databases = databases
        self.begun = len(stripe.movements)
        self.memory: dict[str, Any] = {}
        self.now = NOON
        self.inbox = Path(tempfile.mkdtemp(dir=folder))
        (self.inbox / "shop").mkdir(parents=True, exist_ok=True)

    def copy(self) -> World:
        """A world of its own: the gateway, too, knows only what it knew at this point."""
        if not self.memory:
            self.memory = deepcopy(
                {name: kept for name, kept in vars(self.stripe).items() if is_kept(name, kept)}
            )
        vars(self.stripe).update(deepcopy(self.memory))
        url = self.databases.copy(self.url)
        made = World(url, self.stripe, self.zygote, self.folder, self.databases)
        made.now = self.now
        for path in (self.inbox / "shop").iterdir():
            shutil.copy2(path, made.inbox / "shop")
        return made

    def do(self, deed: str, *arguments: str, at: datetime | None = None, die_at: int = 0) -> bool:
        """Whether the process died; anything else than its end or the death is a failure."""
        env = os.environ | KEYS | {
            "QUARTERDAY_DATABASE_URL": self.url,
            "QUARTERDAY_NOW": (at or self.now).isoformat(),
            "QUARTERDAY_MAIL_URL": f"file://{self.folder}/mails",
            "QUARTERDAY_STATEMENTS": str(self.inbox),
            "STRIPE_URL": self.stripe.url,
            DIE_AT: str(die_at),
        }  # fmt: skip
        done = self.zygote.run(arguments, env, self.folder, f"tests.stories.deeds:{deed}")
        assert done.returncode in (0, dying.STATUS), done.stdout + done.stderr
        self.said = done.stdout
        return done.returncode == dying.STATUS

    def recover(self) -> None:
        for later in LATER:
            self.do("tick", at=self.now + later)

    def facts(self) -> dict[str, Any]:
        self.do("tell", at=self.now + LATER[-1])
        facts: dict[str, Any] = json.loads(self.said)
        assert facts["offences"] == []
        return facts

    def at_gateway(self, *kinds: str) -> list[int]:
        moved = self.stripe.movements[self.begun :]
        return [one.amount_minor for one in moved if one.kind in kinds]

    def drop(self) -> None:
        with suppress(FileNotFoundError):
            self.databases.drop(self.url)


def is_kept(name: str, value: Any) -> bool:
    """Whether an attribute of a fake is something that it remembers."""
    return name != "_routes" and type(value) in (dict, list, int)


@pytest.fixture(scope="module")
def stripe() -> Iterator[FakeStripe]:
    with FakeStripe() as fake:
        fake.read_now = lambda: NOON
        yield fake


@pytest.fixture(scope="module")
def shop(
    databases: Databases,
    stripe: FakeStripe,
    zygote: Zygote,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[World]:
    """The shop before anything happened, to be copied."""
    world = World(databases.create(), stripe, zygote, tmp_path_factory.mktemp("money"), databases)
    kept = stripe.make_method()
    world.do("fill", kept["method"], kept["customer"], at=datetime(2026, 3, 2, 12, tzinfo=UTC))
    yield world
    world.drop()


@pytest.fixture(scope="module")
def paid(shop: World) -> Iterator[World]:
    """The same after it was collected, and after the gateway told of it."""
    world = shop.copy()
    world.do("collect")
    world.stripe.waiting.clear()
    yield world
    world.drop()


def die_everywhere(before: World, deed: str, *arguments: str) -> Iterator[World]:
    """A copy for each step at which the process died, and one that lived, after its recovery."""
    for step in range(1, 200):
        world = before.copy()
        has_died = world.do(deed, *arguments, die_at=step)
        world.stripe.waiting.clear()
        world.recover()
        yield world
        world.drop()
        if not has_died:
            assert step > 6, "it has hardly done anything that could be interrupted"
            return
    raise AssertionError("it never came to an end")


def test_a_charge(shop: World) -> None:
    for world in die_everywhere(shop, "collect"):
        facts = world.facts()
        assert [one[1:] for one in facts["invoices"]] == [["paid", 0]]
        assert facts["payments"] == [["received", "succeeded", OWED]]
        assert world.at_gateway("payment") == [OWED]
        assert facts["ledger"]["assets:clearing:stripe"] == OWED


def test_a_refund(paid: World) -> None:
    for world in die_everywhere(paid, "refund"):
        facts = world.facts()
        given = world.at_gateway("refund")
        # Nothing at all if it died before it was written down; otherwise all of it, once. What is
        # owed again is collected again.
        assert given in ([], [-OWED])
        assert facts["refunds"] == [-amount for amount in given]
        charged = world.at_gateway("payment")
        assert facts["ledger"].get("assets:clearing:stripe", 0) == OWED + sum(given) + sum(charged)
        assert len(charged) <= 1


def news_of(world: World, happen: Callable[[str], object]) -> str:
    """What the gateway tells of something that happens to the payment, as a file to be posted."""
    intent = next(
        one.reference for one in reversed(world.stripe.movements) if one.kind == "payment"
    )
    world.stripe.waiting.clear()
    happen(intent)
    calls = [[headers, body.decode()] for headers, body in world.stripe.collect()]
    path = world.folder / "news.json"
    path.write_text(json.dumps(calls), "utf-8")
    return str(path)


def test_a_webhook(shop: World) -> None:
    """Of a dispute, which takes the money back."""
    world = shop.copy()
    world.do("collect")
    news = news_of(world, world.stripe.open_dispute)
    for after in die_everywhere(world, "receive", news):
        facts = after.facts()
        assert [one[:2] for one in facts["disputes"]] == [["opened", OWED]]
        assert [one[1:] for one in facts["invoices"]] == [["open", OWED]]
        assert after.at_gateway("payment") == []
    world.drop()


STATEMENT = """:20:MARCH
:25:37040044/532013000
:28C:1/1
:60F:C260312EUR100,00
:61:2603130313C119,00NTRFNONREF//BANK-1
:86:166?00GUTSCHRIFT?20SVWZ+INV-000001?32EXAMPLE CUSTOMER A1
:61:2603130313C50,00NTRFNONREF//BANK-2
:86:166?00GUTSCHRIFT?20SVWZ+GIFT FROM AN AUNT?32AUNT EXAMPLE
:61:2603130313D12,50NCHGNONREF//BANK-3
:86:808?00FEES
:62F:C260313EUR256,50
-
"""


def test_a_statement(shop: World) -> None:
    """What it pays is paid once; what nobody knows stays open; all of it is in the book."""
    world = shop.copy()
    # Before it is due, or it would be charged first.
    world.now = NOON - timedelta(days=2)
    path = world.inbox / "shop" / "march.sta"
    path.write_text(STATEMENT, "utf-8")
    an_hour_ago = path.stat().st_mtime - 3600
    os.utime(path, (an_hour_ago, an_hour_ago))
    for after in die_everywhere(world, "read_statement"):
        facts = after.facts()
        assert sorted(one[1] for one in facts["bank"]) == [-1250, 5000, OWED]
        assert facts["ledger"]["assets:bank:giro"] == 25650
        assert [one[1:] for one in facts["invoices"]] == [["paid", 0]]
        assert facts["payments"] == [["received", "succeeded", OWED]]
        assert after.at_gateway("payment") == []
    world.drop()
