"""The daily collection begins in the morning of the seller, once a day, as a step of the cycle."""

from __future__ import annotations

import pytest

from quarterday.jobs.collect_due import CollectAgain
from quarterday.jobs.daily_cycle import DailyCycle
from quarterday.ports.clock import VARIABLE
from quarterday.ports.outcomes import KeptMethod
from quarterday.services.payments.keep_method import keep_method
from quarterday.store.models import Brand, CycleStep, Payment
from tests.services.till import NOW, Shop


def test_it_waits_for_the_morning_and_runs_once(
    shop: Shop,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    Brand.objects.create(seller=shop.seller, data={"gateways": {"sandbox": {"is_enabled": True}}})
    kept = KeptMethod("sbx.ok.visa.4242.203905", "visa", "Visa •••• 4242")
    keep_method(account=shop.account, gateway="sandbox", kept=kept, now=NOW)
    shop.invoice(10000)
    for instant, done in (
        ("2026-03-16T05:50+01:00", None),
        ("2026-03-16T06:10+01:00", 1),
        ("2026-03-16T09:00+01:00", 1),
        ("2026-03-17T06:10+01:00", 0),
    ):
        monkeypatch.setenv(VARIABLE, instant)
        DailyCycle().run()
        step = CycleStep.objects.filter(name="collect").latest("cycle__day")
        parts = step.summary.get("parts", {})
        assert (parts["shop"].get("paid", 0) if parts else None) == done
        assert CollectAgain().run() == {}
    assert Payment.objects.get().amount_minor == 11900
