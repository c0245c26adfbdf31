"""Invoices that should not be, and debts that are given up."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from quarterday.core.errors import BillingError
from quarterday.core.lifecycle import IllegalMove
from quarterday.services.catalog.publish_plan import publish_plan
from quarterday.services.catalog.publish_price import publish_price
from quarterday.services.invoicing.credit_invoice import credit_invoice
from quarterday.services.invoicing.void_invoice import void_invoice
from quarterday.services.invoicing.write_off_invoice import write_off_invoice
from quarterday.services.subscriptions.change_quantity import change_quantity
from quarterday.store.models import CreditNote, Event, Invoice, PendingCharge, Subscription
from tests.services.till import LATER, NOW, Shop, amounts, ledger, together


def void(invoice: Invoice) -> CreditNote:
    return void_invoice(invoice=invoice, today=LATER, now=NOW, reason="wrong customer")


def write_off(invoice: Invoice) -> Invoice:
    return write_off_invoice(invoice=invoice, today=LATER, now=NOW, reason="insolvent")


def test_a_void_invoice_is_credited_wholly(shop: Shop) -> None:
    invoice = shop.invoice(1000, 55)
    note = void(invoice)
    invoice.refresh_from_db()
    assert (invoice.status, invoice.open_minor) == ("void", 0)
    assert note.total_minor == invoice.total_minor
    assert ledger() == {}
    assert Event.objects.filter(kind="invoice.voided", subject=invoice.public_id).exists()


def test_void_once(shop: Shop) -> None:
    invoice = shop.invoice(1000)
    void(invoice)
    with pytest.raises(IllegalMove, match="a void invoice cannot void"):
        void(invoice)
    with pytest.raises(BillingError, match="is void; only an open or paid one is credited"):
        credit_invoice(invoice=invoice, today=LATER, now=NOW, reason="again")
    assert CreditNote.objects.count() == 1


def test_what_is_paid_in_part_is_not_void(shop: Shop) -> None:
    invoice = shop.invoice(1000)
    shop.pay(1)
    with pytest.raises(BillingError, match="was settled or credited in part"):
        void(invoice)
    shop.pay(1189)
    with pytest.raises(IllegalMove, match="a paid invoice cannot void"):
        void(invoice)


def grow(shop: Shop) -> tuple[Subscription, Invoice]:
    """A month that was billed, and from the eleventh day another quantity."""
    plan = publish_plan(product=shop.hosting, code="web", name="Web", now=NOW)
    model = {"model": "per_unit", "unit_price": "31.00"}
    publish_price(plan=plan, code="v1", currency="EUR", model=model, now=NOW)
    subscription = shop.subscribe(plan, "S1")
    invoice = shop.bill(date(2026, 3, 1))
    change_quantity(
        subscription_id=subscription.id, quantity=Decimal(2), today=date(2026, 3, 11), now=NOW
    )
    return subscription, invoice


def test_a_waiting_credit_for_unused_time_is_dropped(shop: Shop) -> None:
    _, invoice = grow(shop)
    assert void(invoice).total_minor == 3689
    assert PendingCharge.objects.get(kind="unused").status == "void"
    assert shop.bill(date(2026, 3, 11)).net_minor == 4200


def test_unused_time_that_was_credited_is_not_credited_by_voiding(shop: Shop) -> None:
    _, invoice = grow(shop)
    shop.bill(date(2026, 3, 11))
    with pytest.raises(BillingError, match=r"unused time .* was credited before"):
        void(invoice)
    invoice.refresh_from_db()
    assert invoice.status == "open"


def test_void_and_paid_at_once_is_one_of_them(open_shop: Shop) -> None:
    shop = open_shop
    invoice = shop.invoice(1000)
    together(lambda: void(invoice), lambda: shop.pay(1190))
    invoice.refresh_from_db()
    assert invoice.status in ("void", "paid")
    assert invoice.open_minor == 0


def test_what_is_written_off_is_a_loss(shop: Shop) -> None:
    invoice = shop.invoice(1000)
    shop.pay(190)
    done = write_off(invoice)
    assert (done.status, done.open_minor) == ("written_off", 0)
    assert ledger()["expenses:bad-debt"] == 1000
    assert "assets:receivable" not in ledger()
    with pytest.raises(IllegalMove, match="a written off invoice cannot write off"):
        write_off(invoice)


def test_money_that_comes_after_all_is_credit(shop: Shop) -> None:
    invoice = write_off(shop.invoice(1000))
    with pytest.raises(BillingError, match="is written_off; name open invoices"):
        shop.pay(1190, invoices=[invoice])
    payment = shop.pay(1190)
    assert amounts(payment.grants.all()) == [1190]


def test_a_paid_invoice_is_not_written_off(shop: Shop) -> None:
    invoice = shop.invoice(1000)
    shop.pay(1190)
    with pytest.raises(IllegalMove, match="a paid invoice cannot write off"):
        write_off(invoice)
