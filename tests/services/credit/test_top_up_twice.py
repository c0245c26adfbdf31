"""Two workers that both saw low credit add it once, even if one has finished before the other."""

from __future__ import annotations

from typing import Any

import pytest

from quarterday.services.credit import top_up_due as module
from quarterday.store.models import PaymentAttempt
from quarterday.store.queries.top_ups import iterate_low
from tests.services.credit.test_top_up import run, set_up
from tests.services.till import NOW, Shop


def test_a_worker_that_was_held_up_adds_nothing_again(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_up(shop)
    charge = module.charge_method
    others: list[str] = []

    def held_up(**given: Any) -> PaymentAttempt:
        monkeypatch.setattr(module, "charge_method", charge)
        others.extend(run())
        return charge(**given)

    monkeypatch.setattr(module, "charge_method", held_up)
    (top_up,) = list(iterate_low(NOW))
    assert module.top_up_due(top_up=top_up, now=NOW) is None
    assert others == ["succeeded"]
    assert PaymentAttempt.objects.count() == 1
