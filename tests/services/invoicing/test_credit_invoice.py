"""Credit notes: in part they sum to the whole, and nothing is credited twice."""

from __future__ import annotations

import random
from collections import Counter
from datetime import date
from decimal import Decimal

import pytest

from quarterday.core.errors import BillingError
from quarterday.services.catalog.publish_plan import publish_plan
from quarterday.services.catalog.publish_price import publish_price
from quarterday.services.catalog.publish_product import publish_product
from quarterday.services.catalog.publish_tax_rate import publish_tax_rate
from quarterday.services.credit.apply_credit import apply_credit
from quarterday.services.credit.grant_credit import grant_credit
from quarterday.services.invoicing.credit_invoice import credit_invoice
from quarterday.services.subscriptions.change_quantity import change_quantity
from quarterday.store.models import (
    CreditGrant,
    CreditNote,
    CreditNoteTax,
    Invoice,
    NumberSeries,
    PendingCharge,
    Product,
)
from tests.services.till import DAY, LATER, NOW, Shop, amounts, ledger, together


def credit(invoice: Invoice, lines: dict[int, int | None] | None = None) -> CreditNote:
    return credit_invoice(invoice=invoice, lines=lines, today=LATER, now=NOW, reason="returned")


def totals(note: CreditNote) -> tuple[int, int, int]:
    return note.net_minor, note.tax_minor, note.total_minor


def test_all_of_an_open_invoice(shop: Shop) -> None:
    invoice = shop.invoice(1000)
    note = credit(invoice)
    invoice.refresh_from_db()
    assert totals(note) == (1000, 190, 1190)
    assert (invoice.status, invoice.open_minor) == ("paid", 0)
    assert note.label == "CN-000001"
    assert ledger() == {}
    assert amounts(note.allocations.all()) == [1190]


def test_a_part_lowers_what_is_open(shop: Shop) -> None:
    invoice = shop.invoice(1000, 500)
    note = credit(invoice, {2: 100})
    invoice.refresh_from_db()
    assert totals(note) == (100, 19, 119)
    assert invoice.open_minor == 1785 - 119
    (line,) = note.lines.all()
    assert (line.net_minor, line.invoice_line.position, line.quantity) == (100, 2, 1)


def test_what_was_paid_becomes_credit(shop: Shop) -> None:
    invoice = shop.invoice(1000)
    shop.pay(1000)
    credit(invoice)
    grant = CreditGrant.objects.get()
    assert (grant.kind, grant.open_minor) == ("credit_note", 1000)


def test_a_gift_that_paid_comes_back_as_a_gift_after_what_was_paid(shop: Shop) -> None:
    invoice = shop.invoice(1000)
    gift = grant_credit(account=shop.account, kind="goodwill", amount_minor=800, today=DAY, now=NOW)
    apply_credit(invoice=invoice, today=DAY, now=NOW)
    shop.pay(300)
    # 90 was open, 300 was paid and 800 was given.
    for net, gift_open, paid_back in ((300, 0, 267), (500, 562, 300), (200, 800, 300)):
        credit(invoice, {1: net})
        gift.refresh_from_db()
        grants = CreditGrant.objects.filter(kind="credit_note")
        assert (gift.open_minor, sum(one.open_minor for one in grants)) == (gift_open, paid_back)
    invoice.refresh_from_db()
    assert invoice.status == "paid"


def test_no_more_than_is_left_of_a_line(shop: Shop) -> None:
    invoice = shop.invoice(1000)
    credit(invoice, {1: 400})
    for lines, said in (
        ({1: 601}, "line 1 of INV-000001 charged 1000, of which 600 is left to credit, not 601"),
        ({1: -1}, "not -1"),
        ({2: 1}, "has no line 2; it has 1 to 1"),
        ({}, "nothing is left to credit"),
    ):
        with pytest.raises(BillingError, match=said):
            credit(invoice, lines)
    assert totals(credit(invoice, {1: None})) == (600, 114, 714)
    with pytest.raises(BillingError, match="nothing is left to credit"):
        credit(invoice)
    assert NumberSeries.objects.get(code="credit_note").next_number == 3


def test_at_once_nothing_is_credited_twice(open_shop: Shop) -> None:
    invoice = open_shop.invoice(1000)
    answers = together(*[lambda: credit(invoice)] * 3)
    assert sum(isinstance(one, CreditNote) for one in answers) == 1


def charge_all(shop: Shop, kind: str) -> Invoice:
    """An invoice of two rates: prices with the tax inside, without, or both; odd amounts."""
    one, two = shop.hosting, shop.books
    return charge_products(shop, kind, [one, one, two, two, one])


def charge_products(shop: Shop, kind: str, products: list[Product]) -> Invoice:
    """An invoice of five products at odd prices."""
    for product, minor, on_top in zip(
        products,
        (333, 1001, 777, 49, 250),
        (True, False, True, kind == "mixed", True),
        strict=True,
    ):
        inclusive = kind == "inclusive" or (kind == "mixed" and not on_top)
        plan = publish_plan(product=product, code=f"p{minor}", name="A plan", now=NOW)
        publish_price(
            plan=plan,
            code="v1",
            currency="EUR",
            model={"model": "flat", "amount": f"{Decimal(minor) / 100}"},
            tax_inclusive=inclusive,
            now=NOW,
        )
        shop.subscribe(plan, f"S{minor}", start_on=DAY, today=DAY)
    return shop.bill()


@pytest.mark.parametrize("kind", ["exclusive", "inclusive", "mixed"])
@pytest.mark.parametrize("seed", range(6))
def test_parts_sum_exactly_to_the_invoice(shop: Shop, kind: str, seed: int) -> None:
    """Whatever parts an invoice is credited in, net, each tax and each income come to nothing."""
    invoice = charge_all(shop, kind)
    assert invoice.lines.count() == 5
    # Lines that are alike are rounded once before and once after; mixed prices are two kinds.
    near = {"exclusive": 1, "inclusive": 2, "mixed": 3}[kind]
    assert_parts_sum_to(invoice, seed, near)


@pytest.mark.parametrize("compound", [False, True])
@pytest.mark.parametrize("kind", ["exclusive", "inclusive", "mixed"])
@pytest.mark.parametrize("seed", range(3))
def test_parts_sum_exactly_with_two_levels_of_tax(
    shop: Shop, kind: str, compound: bool, seed: int
) -> None:
    """Some lines bear two taxes, and others the first of them alone."""
    for code, percent, tax_class, level in (
        ("gst", 5, "both", 1),
        ("pst", "9.975", "both", 2),
        ("vat19", 19, "vat and more", 1),
        ("extra", 3, "vat and more", 2),
    ):
        publish_tax_rate(
            seller=shop.seller,
            code=code,
            name=code,
            percent=percent,
            country="DE",
            tax_class=tax_class,
            level=level,
            compound=compound and level == 2,
            now=NOW,
        )
    both, more = (
        publish_product(seller=shop.seller, code=code, name=code, tax_class=tax_class, now=NOW)
        for code, tax_class in (("both", "both"), ("more", "vat and more"))
    )
    products = [both, both, both, both, more]
    if not compound:
        products[3] = shop.books
    assert_parts_sum_to(charge_products(shop, kind, products), seed, 4)


def assert_parts_sum_to(invoice: Invoice, seed: int, near: int) -> None:
    """Credit an invoice in parts drawn at random; nothing of it may remain."""
    draw = random.Random(seed)
    left = {line.position: line.net_minor for line in invoice.lines.all()}
    while left:
        chosen = draw.sample(sorted(left), draw.randint(1, len(left)))
        parts = {one: draw.randint(1, left[one]) for one in chosen}
        note = credit(invoice, dict(parts))
        left = {key: rest - parts.get(key, 0) for key, rest in left.items()}
        left = {key: rest for key, rest in left.items() if rest}
        for row in note.taxes.all():
            assert abs(row.tax_minor - row.base_minor * row.percent / 100) <= near
        assert sum(row.tax_minor for row in note.taxes.all()) == note.tax_minor
    invoice.refresh_from_db()
    assert (invoice.status, ledger()) == ("paid", {})
    charged, credited = Counter[str](), Counter[str]()
    for row in invoice.taxes.all():
        charged.update({f"{row.code} tax": row.tax_minor, f"{row.code} base": row.base_minor})
    for back in CreditNoteTax.objects.all():
        credited.update({f"{back.code} tax": back.tax_minor, f"{back.code} base": back.base_minor})
    assert credited == charged
    notes = CreditNote.objects.all()
    assert sum(note.net_minor for note in notes) == invoice.net_minor


def test_a_part_of_a_price_with_tax_inside_gives_back_its_own_tax(shop: Shop) -> None:
    invoice = charge_all(shop, "mixed")
    position = invoice.lines.get(net_minor=1001).position
    note = credit(invoice, {position: 1001})
    assert totals(note) == (841, 160, 1001)
    position = invoice.lines.get(net_minor=333).position
    assert totals(credit(invoice, {position: 333}))[0] == 333


def test_income_goes_back_to_where_it_came_from(shop: Shop) -> None:
    invoice = shop.invoice(1000, 500)
    publish_product(
        seller=shop.seller, code="hosting", name="Hosting", income_code="cloud", now=NOW
    )
    credit(invoice, {1: 300})
    assert (ledger()["income:hosting"], "income:cloud" in ledger()) == (-1200, False)
    credit(invoice)
    assert ledger() == {}


def test_a_credit_on_the_invoice_is_credited_with_it(shop: Shop) -> None:
    shop.charge(-300)
    invoice = shop.invoice(1000)
    assert invoice.total_minor == 833
    assert totals(credit(invoice, {2: 1000})) == (1000, 190, 1190)
    with pytest.raises(BillingError, match="would raise the debt"):
        credit(invoice)


def test_unused_time_is_not_credited_again(shop: Shop) -> None:
    plan = publish_plan(product=shop.hosting, code="web", name="Web", now=NOW)
    model = {"model": "per_unit", "unit_price": "31.00"}
    publish_price(plan=plan, code="v1", currency="EUR", model=model, now=NOW)
    subscription = shop.subscribe(plan, "S1")
    invoice = shop.bill(date(2026, 3, 1))
    change_quantity(
        subscription_id=subscription.id, quantity=Decimal(2), today=date(2026, 3, 11), now=NOW
    )
    assert PendingCharge.objects.get(kind="unused").amount_minor == -2100
    assert totals(credit(invoice)) == (1000, 190, 1190)
    with pytest.raises(BillingError, match="nothing is left to credit"):
        credit(invoice)


def test_nothing_remains_of_a_credit_that_fails(shop: Shop) -> None:
    invoice = shop.invoice(1000)
    shop.account.due.delete()
    before = ledger()
    with pytest.raises(BillingError, match="no account with the key"):
        credit(invoice)
    assert (CreditNote.objects.count(), ledger()) == (0, before)
    type(shop.account.due).objects.create(account=shop.account)
