"""Giving a mandate on the pay page, and what the payer sees of it."""

from __future__ import annotations

from quarterday.services.sellers.change_brand import change_brand
from quarterday.store.models import Debit, Mandate, PaymentMethod
from tests.services.till import NOW, Shop
from tests.web.kit.counter import Counter

FIELDS = {"holder": "Zoë Müller", "iban": "AT61 1904 3002 3457 3201"}


def test_who_pays_by_debit_gives_a_mandate_for_it(shop: Shop) -> None:
    counter = Counter(shop)
    gateways = {"sepa_debit": {"creditor_id": "DE98ZZZ09999999999"}}
    data = {"iban": "DE89370400440532013000", "gateways": gateways}
    change_brand(seller=shop.seller, data=data, now=NOW)
    page = counter.see()
    assert "By continuing you authorise the creditor named below" in page
    assert "Example Hosting GmbH · DE98ZZZ09999999999" in page
    wrong = counter.pay("sepa_debit-debit", FIELDS | {"iban": "AT611904300234573202"})
    assert "This IBAN cannot be right" in wrong.content.decode()
    page = counter.follow(counter.pay("sepa_debit-debit", FIELDS))
    assert "is on its way" in page
    assert "AT61" not in page
    debit = Debit.objects.get()
    assert debit.mandate == Mandate.objects.get()
    assert debit.mandate.evidence["ip_address"]
    assert not PaymentMethod.objects.exists(), "it was for this payment alone"
