"""A debit that a bank works on stays that, although its gateway says it never heard of it.

So answers one whose seller has just given it the key of another account: to believe it would
charge everybody again.
"""

from __future__ import annotations

import pytest

from quarterday.core.errors import BillingError
from quarterday.ports.outcomes import DeclineCode, Declined, Pending
from quarterday.services.errors import Conflict
from quarterday.services.payments.finish_attempt import finish_attempt
from quarterday.services.payments.start_attempt import TooOften, start_attempt
from quarterday.store.models import PaymentAttempt
from tests.services.paid import begin, offer
from tests.services.till import DAY, NOW, Shop


@pytest.mark.parametrize("code", [DeclineCode.NOT_RECEIVED, DeclineCode.UNAVAILABLE])
def test_what_was_on_its_way_is_not_lost_by_a_look_up(open_shop: Shop, code: DeclineCode) -> None:
    offer(open_shop)
    invoice = open_shop.invoice(10000)
    attempt = begin(invoice)
    for outcome in (Pending("pm_1"), Declined(code, "pm_1")):
        attempt = finish_attempt(attempt=attempt, outcome=outcome, today=DAY, now=NOW)
    assert attempt.status == "pending"
    with pytest.raises(Conflict, match="already on its way"):
        begin(invoice)
    refused = Declined(DeclineCode.INSUFFICIENT_FUNDS, "pm_1")
    attempt = finish_attempt(attempt=attempt, outcome=refused, today=DAY, now=NOW)
    assert attempt.status == "failed"


def test_nobody_begins_to_pay_without_end(open_shop: Shop) -> None:
    offer(open_shop)
    invoice = open_shop.invoice(10000)

    def start() -> PaymentAttempt:
        attempt = start_attempt(
            account=open_shop.account,
            gateway="sandbox",
            choice="card",
            amount_minor=11900,
            invoices=[invoice.public_id],
            now=NOW,
        )
        PaymentAttempt.objects.filter(id=attempt.id).update(status="action")
        return attempt

    with pytest.raises(TooOften) as said:
        for _ in range(200):
            start()
    assert isinstance(said.value, BillingError)
    assert 50 <= PaymentAttempt.objects.count() <= 150
