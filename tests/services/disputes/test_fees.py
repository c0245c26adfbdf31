"""What a dispute costs is booked once, whether its payout or its news come first."""

from __future__ import annotations

import pytest

from quarterday.ports.outcomes import PayoutPart
from quarterday.store.queries.reconcile import report_day
from tests.services.bank.test_reconcile_gateways import CLEARING, FEES, pay_out
from tests.services.paid import disputed, hear, offer, pay
from tests.services.till import LATER, Shop, ledger, prove_books

# What the news of a dispute say that it costs, and its parts of a payout: as each gateway has it.
SHAPES = {
    "stripe": (1500, [PayoutPart("dispute", "dp_1", -13400)]),
    "paypal": (0, [PayoutPart("dispute", "HO-1", -11900), PayoutPart("fee", "T1", 0, 1500)]),
    "gocardless": (0, [PayoutPart("dispute", "dp_1", -11900), PayoutPart("fee", "PM1", 0, 1500)]),
    "both": (1500, [PayoutPart("dispute", "dp_1", -11900, 1500)]),
    "payout only": (0, [PayoutPart("dispute", "dp_1", -11900, 1500)]),
}


@pytest.mark.parametrize("order", ["news first", "payout first", "fee last"])
@pytest.mark.parametrize("shape", SHAPES)
def test_a_fee_is_booked_once(shop: Shop, shape: str, order: str) -> None:
    offer(shop)
    paid, other = pay(shop.invoice(10000)), pay(shop.invoice(20000))
    fee, parts = SHAPES[shape]
    payments = [
        PayoutPart("payment", one.reference, one.amount_minor, 100) for one in (paid, other)
    ]
    opened = disputed(paid, "opened", fee_minor=fee)
    if order == "news first":
        hear(shop, opened)
    if order == "fee last":
        hear(shop, disputed(paid, "opened", fee_minor=0))
    pay_out(shop, "po_111111", *payments, *parts)
    if order != "news first":
        hear(shop, disputed(paid, "opened", "evt_again", fee_minor=fee))
    assert ledger()[FEES] == 1700
    assert CLEARING not in ledger()
    prove_books()
    assert shape == "paypal" or report_day(shop.seller, LATER).agrees
