"""The proofs see refunds, disputes and payouts that do not agree with the book."""

from __future__ import annotations

from django.db import connection, transaction

from quarterday.ports.outcomes import (
    DeclineCode,
    Declined,
    PayoutNews,
    PayoutPart,
    PayoutState,
)
from quarterday.services.disputes.open_dispute import open_dispute
from quarterday.services.payments.finish_refund import finish_refund
from quarterday.services.payments.start_refund import start_refund
from quarterday.store.queries.check.money_back import (
    check_disputes,
    check_payouts,
    check_refunds,
)
from tests.services.paid import disputed, hear, offer, pay
from tests.services.till import DAY, NOW, Shop

DAMAGES = {
    "refund-returned": "UPDATE store_refundattempt SET status = 'succeeded'",
    "payment-kind": "UPDATE store_payment SET kind = 'received' WHERE kind <> 'received'",
    "dispute-booking": "UPDATE store_dispute SET status = 'lost' WHERE status = 'won'",
    "dispute-kept": """UPDATE store_dispute SET refund_id = NULL, payment_id = (
        SELECT r.payment_id FROM store_refundattempt t JOIN store_refund r ON r.id = t.refund_id)
        WHERE status = 'opened'""",
    "dispute-fee": "UPDATE store_dispute SET fee_minor = 1 WHERE status = 'won'",
    "entry-source": "UPDATE store_dispute SET public_id = 'dsp_x' WHERE status = 'won'",
    "dispute-collected": "UPDATE store_collection SET status = 'charging'",
    "payout-sum": "UPDATE store_payout SET gross_minor = 1, net_minor = 1 - fee_minor",
}


def offences() -> set[str]:
    return {one.rule for check in (check_refunds, check_disputes, check_payouts) for one in check()}


def test_each_is_named(shop: Shop) -> None:
    offer(shop)
    won = pay(shop.invoice(10000))
    hear(shop, disputed(won, "opened"), disputed(won, "won"))
    attempt = start_refund(payment=pay(shop.invoice(2000)), reopen=True, today=DAY, now=NOW)
    outcome = Declined(DeclineCode.REFUSED)
    finish_refund(attempt=attempt, outcome=outcome, today=DAY, now=NOW)
    other = pay(shop.invoice(3000))
    hear(shop, disputed(other, "opened", "e3"))
    # Of what is gone already, nothing is booked a second time.
    nothing = open_dispute(
        payment=other, gateway="sandbox", reference="x", amount_minor=1, today=DAY, now=NOW
    )
    assert nothing.refund is None
    parts = (PayoutPart("payment", won.reference, 11900, 300),)
    hear(shop, PayoutNews("p", "po", PayoutState.ARRIVED, "EUR", 11900, 300, 11600, DAY, parts))
    assert offences() == set()
    for rule, damage in DAMAGES.items():
        place = transaction.savepoint()
        with connection.cursor() as cursor:
            cursor.execute(damage)
        assert rule in offences(), rule
        transaction.savepoint_rollback(place)
