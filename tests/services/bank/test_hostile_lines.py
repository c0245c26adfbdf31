"""What payers can write: however odd it is, it stops neither its own line nor the others."""

from __future__ import annotations

import time
from datetime import date

import pytest

from quarterday.core.matching import BankText, Debt, DebtIndex, Payer, match
from quarterday.services.bank import match_lines as module
from quarterday.store.models import BankLine
from tests.services.bank.lines import make_bank, make_line
from tests.services.till import DAY, NOW, Shop

TEXTS = (
    "INV-99999999999999999999",
    "INV-" + "9" * 5000,
    "RF18 99999999999999999999",
    "9" * 30,
    "No. 99999999999999999999999",
    "INV-\u0663\u0663\u0663\u0663\u0663\u0663",
    "INV-\u00b2\u00b2\u00b2\u00b2\u00b2\u00b2 \u2460\u2460\u2460\u2460\u2460\u2460",
    "<script>alert(1)</script> =1+1 ' OR 1=1 --",
)


@pytest.mark.parametrize("text", TEXTS)
def test_odd_texts_stop_no_line(shop: Shop, text: str) -> None:
    invoice = shop.invoice(10000)
    bank = make_bank(shop.seller)
    odd = make_line(bank, 500, text=text, name=text[:70], end_to_end_id=text[:35])
    good = make_line(bank, 11900, text=f"{invoice.label}", name=shop.account.name)
    result = module.match_lines(bank_account=bank, today=DAY, now=NOW)
    assert result.lines == 2
    statuses = dict(BankLine.objects.values_list("id", "status"))
    assert statuses[good.id] in ("booked", "proposed")
    assert statuses[odd.id] in ("open", "proposed")


def test_a_long_text_takes_no_longer_than_a_moment() -> None:
    debts = [
        Debt(f"i{n}", "A", f"INV-{n:06d}", n, "INV-", 6, 100, "EUR", date(2026, 1, 1))
        for n in range(1, 200)
    ]
    index = DebtIndex(debts, [Payer("A", "Anna", "EUR")])
    for text in ("1" * 100_000, "RF" * 50_000, "INV-000007 " * 9000, "7 " * 50_000):
        began = time.process_time()
        match(BankText("L", 100, "EUR", date(2026, 1, 9), text, "x"), index)
        assert time.process_time() - began < 2


def test_a_line_that_breaks_does_not_keep_the_others(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    bank = make_bank(shop.seller)
    make_line(bank, 500, text="poison")
    good = make_line(bank, 11900, text=shop.invoice(10000).label, name=shop.account.name)
    real = module.match

    def breaks(text: BankText, index: DebtIndex) -> object:
        if text.text == "poison":
            raise RuntimeError("a bug")
        return real(text, index)

    monkeypatch.setattr(module, "match", breaks)
    assert module.match_lines(bank_account=bank, today=DAY, now=NOW).lines == 2
    good.refresh_from_db()
    assert good.status in ("booked", "proposed")
