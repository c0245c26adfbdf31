"""What is done about an unpaid invoice, day after day, and what ends it."""

from __future__ import annotations

from datetime import timedelta

from quarterday.store.models import DunningStatus, Invoice
from tests.services.dunning.debtor import DUE, Debtor, held, row_of, steps
from tests.services.till import Shop


def test_an_invoice_that_nobody_pays(shop: Shop) -> None:
    debtor = Debtor(shop)
    debtor.subscribe()
    invoice = shop.bill()
    assert invoice.due_on == DUE
    debtor.look(*range(-14, 40))
    assert debtor.mails() == [
        ("reminder_before_due", -7),
        ("reminder_1", 1),
        ("reminder_2", 3),
        ("suspended", 5),
        ("final_notice", 7),
        ("terminated", 30),
    ]
    assert held() == [("S1", "suspended")]
    assert row_of(invoice).status == DunningStatus.ENDED
