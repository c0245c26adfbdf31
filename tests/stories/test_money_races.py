"""Two workers and a webhook at the same instant: one charge, one payment, the same books."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from copy import copy
from pathlib import Path

import pytest

from tests.fakes.stripe import FakeStripe
from tests.stories.test_killed_money import NOON, OWED, World, shop, stripe
from tests.zygote import Zygote

__all__ = ["shop", "stripe"]
pytestmark = pytest.mark.slow


@pytest.fixture
def workers(shop: World, tmp_path: Path) -> Iterator[list[World]]:
    """The same shop as several processes see it at once."""
    world, zygotes = shop.copy(), []
    seen = []
    for number in range(3):
        folder = tmp_path / str(number)
        folder.mkdir()
        zygotes.append(Zygote(folder))
        view = copy(world)
        view.zygote, view.folder = zygotes[-1], folder
        # Started now, so that all are ready at the same instant.
        view.do("tell")
        seen.append(view)
    yield seen
    for zygote in zygotes:
        zygote.stop()
    world.drop()


def test_two_workers_and_a_webhook(workers: list[World], stripe: FakeStripe) -> None:
    stripe.read_now = lambda: NOON
    stripe.fail("slow", "POST /v1/payment_intents", times=2, seconds=1.0)

    def tell_early() -> None:
        """The gateway reports the charge while the worker still waits for its answer."""
        until = time.monotonic() + 60
        while not stripe.waiting and time.monotonic() < until:
            time.sleep(0.01)
        calls = [[headers, body.decode()] for headers, body in stripe.collect()] * 2
        path = workers[2].folder / "news.json"
        path.write_text(json.dumps(calls), "utf-8")
        workers[2].do("receive", str(path))

    with ThreadPoolExecutor(3) as pool:
        begun = [pool.submit(one.do, "collect") for one in workers[:2]]
        begun.append(pool.submit(tell_early))
        for one in begun:
            one.result()
    workers[0].recover()
    facts = workers[0].facts()
    assert facts["payments"] == [["received", "succeeded", OWED]]
    assert [one[1:] for one in facts["invoices"]] == [["paid", 0]]
    assert facts["ledger"]["assets:clearing:stripe"] == OWED
    assert workers[0].at_gateway("payment") == [OWED]
