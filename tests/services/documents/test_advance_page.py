"""An advance invoice says what it is: money that came, and no debt that was given up."""

from __future__ import annotations

from typing import Any

from django.utils import translation

from quarterday.services.credit.deduct_credit import deduct_credit
from quarterday.services.documents.find_source import find_source
from quarterday.services.documents.receipt_page import name_method
from quarterday.services.sellers.change_brand import change_brand
from quarterday.store.models import Account, CreditNote, DocumentKind, DocumentSeries, Invoice
from tests.services.credit.test_credit_life import pay_in
from tests.services.till import DAY, NOW, Shop


def page_of(kind: str, subject: str) -> dict[str, Any]:
    with translation.override("de"):
        return find_source(DocumentKind(kind), subject, NOW).build("")


def test_an_advance_and_its_credit_notes(shop: Shop) -> None:
    change_brand(seller=shop.seller, now=NOW, data={"credit": {"tax": "at_deposit"}})
    Account.objects.filter(id=shop.account.id).update(language="de")
    shop.account.refresh_from_db()
    pay_in(shop, 11900)
    shop.invoice(5000)
    terms = {"reason": "agreed", "method": "transfer", "today": DAY, "now": NOW}
    deduct_credit(account=shop.account, amount_minor=1000, **terms)  # type: ignore[arg-type]
    page = page_of("invoice", Invoice.objects.get(series=DocumentSeries.ADVANCE).public_id)
    assert page["title"] == "Anzahlungsrechnung"
    assert ["Eingegangen am", "2. März 2026"] in page["facts"]
    assert [(one["name"], one["value"]) for one in page["totals"]][-2:] == [
        ("Bezahlt", "−119,00\xa0€"),
        ("Noch zu zahlen", "0,00\xa0€"),
    ]
    assert page["lines"][0]["title"] == "Vorausbezahltes Guthaben"
    notes = CreditNote.objects.order_by("id")
    assert [page_of("credit_note", one.public_id)["intro"] for one in notes] == [
        "Vorausbezahltes Guthaben wurde verwendet.",
        "Vorausbezahltes Guthaben wurde zurückgezahlt oder ist erloschen.",
    ]


def test_every_way_to_pay_has_a_name_on_a_receipt() -> None:
    with translation.override("de"):
        assert name_method("sepa_debit") == name_method("gocardless") == "Lastschrift"
        assert name_method("cheque") == name_method("check") == "Scheck"
        assert name_method("card_terminal") == "Karte"
        assert name_method("paypal") == "PayPal"
