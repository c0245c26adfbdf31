"""A small business with every kind of fact in its books, made by the services."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from quarterday.services.accounts.open_account import open_account
from quarterday.services.catalog.publish_discount import publish_discount
from quarterday.services.catalog.publish_meter import publish_meter
from quarterday.services.catalog.publish_plan import publish_plan
from quarterday.services.catalog.publish_price import publish_price
from quarterday.services.catalog.publish_product import publish_product
from quarterday.services.catalog.publish_tax_rate import publish_tax_rate
from quarterday.services.credit.deduct_credit import deduct_credit
from quarterday.services.credit.grant_credit import grant_credit
from quarterday.services.credit.reverse_credit import reverse_credit
from quarterday.services.invoicing.credit_invoice import credit_invoice
from quarterday.services.invoicing.run_billing import run_billing
from quarterday.services.invoicing.void_invoice import void_invoice
from quarterday.services.invoicing.write_off_invoice import write_off_invoice
from quarterday.services.payments.record_payment import record_payment
from quarterday.services.payments.refund_payment import refund_payment
from quarterday.services.payments.reverse_allocation import reverse_allocation
from quarterday.services.sellers.open_seller import open_seller
from quarterday.services.subscriptions.cancel_subscription import cancel_subscription
from quarterday.services.subscriptions.change_plan import change_plan
from quarterday.services.subscriptions.pause_subscription import pause_subscription
from quarterday.services.subscriptions.resume_subscription import resume_subscription
from quarterday.services.subscriptions.start_subscription import start_subscription
from quarterday.services.subscriptions.undo_cancel import undo_cancel
from quarterday.store.models import (
    Account,
    Allocation,
    Invoice,
    Meter,
    PendingCharge,
    Plan,
    Price,
    Product,
    Seller,
    Subscription,
    UsageEvent,
)

NOW = datetime(2025, 1, 1, 12, tzinfo=UTC)
FIRST, LAST = date(2025, 1, 1), date(2025, 4, 10)


def make_seller(
    code: str, country: str, currency: str, region: str = "", **settings: Any
) -> Seller:
    """A seller that bills without lead, so that every invoice is of the day it is for."""
    return open_seller(
        code=code,
        name=f"Example {code} Ltd",
        country=country,
        region=region,
        time_zone="UTC",
        currency=currency,
        settings={"lead_days": 0} | settings,
        now=NOW,
    )


def make_plan(seller: Seller, code: str, cadence: str = "1 month", **product: Any) -> Plan:
    """A product with one plan."""
    made = publish_product(seller=seller, code=code, name=code.title(), now=NOW, **product)
    return publish_plan(product=made, code="plan", name=f"{code} plan", cadence=cadence, now=NOW)


def make_price(plan: Plan, amount: str, code: str = "v1", **terms: Any) -> Price:
    """A flat price in the seller's currency."""
    model = terms.pop("model", {"model": "flat", "amount": amount})
    currency = plan.product.seller.currency
    return publish_price(plan=plan, code=code, currency=currency, model=model, now=NOW, **terms)


def make_account(seller: Seller, external_id: str, **details: Any) -> Account:
    """An account in the seller's country and region unless told otherwise."""
    place = {"country": seller.country, "region": seller.region} | details
    name = place.pop("name", f"Example customer {external_id}")
    return open_account(seller=seller, name=name, external_id=external_id, now=NOW, **place)


def subscribe(account: Account, plan: Plan, external_id: str, **terms: Any) -> Subscription:
    """A subscription from the first day."""
    details = {"start_on": FIRST, "today": FIRST} | terms
    return start_subscription(
        account_id=account.id, plan=plan, external_id=external_id, now=NOW, **details
    )


def bill(first: date, last: date | None = None) -> None:
    """Run billing, and expect that nothing was skipped."""
    assert not run_billing(first=first, last=last or first, now=NOW).skipped


def pay(account: Account, amount_minor: int, on: date, external_id: str) -> Any:
    """A payment by bank transfer."""
    return record_payment(
        account=account,
        amount_minor=amount_minor,
        method="bank",
        today=on,
        now=NOW,
        external_id=external_id,
        reference=f'=HYPERLINK("{external_id}")',
    )


def use(meter: Meter, subscription: Subscription, event_id: str, on: date, value: str) -> None:
    """One measurement, at noon."""
    UsageEvent.objects.create(
        meter=meter,
        event_id=event_id,
        account_id=subscription.account_id,
        subscription=subscription,
        at=datetime(on.year, on.month, on.day, 12, tzinfo=UTC),
        on=on,
        value=Decimal(value),
    )


def charge(account: Account, product: Product, amount_minor: int, on: date, **terms: Any) -> None:
    """Something to put on the account's next invoice; below zero it is a credit."""
    PendingCharge.objects.create(
        account=account,
        product=product,
        description="A charge",
        period_start=on,
        period_end=on,
        unit_price=Decimal(amount_minor) / 100,
        currency=account.currency,
        amount_minor=amount_minor,
        tax_on=on,
        bill_on=on,
        **{"kind": "one_off" if amount_minor > 0 else "unused"} | terms,
    )
    account.due.refresh_from_db()
    account.due.bill_on = min(on, account.due.bill_on or on)
    account.due.save()


def make_business() -> dict[str, Seller]:
    """Three sellers with three months of invoices, payments and credit; their books are right."""
    sellers = {
        "hosting": _make_hosting(),
        "canada": _make_canada(),
        "wisp": _make_wisp(),
    }
    bill(FIRST, date(2025, 2, 14))
    _change_contracts()
    bill(date(2025, 2, 15), date(2025, 3, 31))
    _settle(Account.objects.get(external_id="H1"), Account.objects.get(external_id="H2"))
    _correct_invoices()
    bill(date(2025, 4, 1), LAST)
    return sellers


def _change_contracts() -> None:
    """Another plan, a pause, and cancellations, each in the middle of a period."""
    found = {str(one): one.id for one in Subscription.objects.all()}
    day = date(2025, 2, 14)
    book = Plan.objects.get(product__code="book")
    change_plan(subscription_id=found["S4"], plan=book, today=day, now=NOW)
    pause_subscription(subscription_id=found["S2"], today=day, now=NOW)
    bill(date(2025, 2, 15), date(2025, 2, 20))
    resume_subscription(subscription_id=found["S2"], today=date(2025, 2, 20), now=NOW)
    cancel_subscription(subscription_id=found["line-1"], today=day, now=NOW, at_period_end=True)
    undo_cancel(subscription_id=found["line-1"], today=day, now=NOW)
    cancel_subscription(subscription_id=found["phone-3"], today=day, now=NOW)


def _correct_invoices() -> None:
    """Credit notes in part and in full, a void invoice, and a debt that is given up."""
    day = date(2025, 4, 1)
    terms: dict[str, Any] = {"today": day, "now": NOW, "reason": "as agreed"}
    rows = Invoice.objects.filter(status="open").order_by("id")
    for account in ("H4", "C1", "C2", "C4"):
        credit_invoice(
            invoice=rows.filter(account__external_id=account)[0], lines={1: 101}, **terms
        )
        void_invoice(invoice=rows.filter(account__external_id=account)[1], **terms)
    credit_invoice(invoice=rows.filter(account__external_id="C2")[0], **terms)
    paid = Invoice.objects.filter(account__external_id="H2", status="paid").order_by("id")
    credit_invoice(invoice=paid[0], lines={1: None}, **terms)
    write_off_invoice(invoice=rows.filter(account__external_id="H3")[0], **terms)


def _make_hosting() -> Seller:
    """VAT, discounts, setup fees, prices with and without tax inside on one invoice."""
    seller = make_seller("hosting", "DE", "EUR")
    publish_tax_rate(seller=seller, code="vat19", name="VAT", percent=19, country="DE", now=NOW)
    publish_tax_rate(
        seller=seller,
        code="vat7",
        name="VAT reduced",
        percent=7,
        country="DE",
        tax_class="reduced",
        now=NOW,
    )
    web = make_plan(seller, "web", income_code="hosting")
    make_price(web, "29.95", setup_fee="10")
    book = make_plan(seller, "book", tax_class="reduced", income_code="books")
    make_price(book, "9.99", tax_inclusive=True)
    retail = make_plan(seller, "retail")
    make_price(retail, "11.90", tax_inclusive=True)
    spring = publish_discount(
        seller=seller, code="spring", kind="percentage", value=15, duration="periods", periods=2,
        now=NOW,
    )  # fmt: skip
    one, two = make_account(seller, "H1"), make_account(seller, "H2", name='=cmd|"x"!A1')
    four = make_account(seller, "H4")
    three = make_account(seller, "H3", country="FR", tax_id="FR00", tax_id_evidence={"valid": True})
    subscribe(one, web, "S1", discounts=[spring])
    subscribe(one, book, "S2")
    subscribe(one, retail, "S3", start_on=date(2025, 1, 15))
    subscribe(two, retail, "S4")
    subscribe(three, web, "S5", trial_days=14)
    subscribe(four, book, "S6")
    subscribe(make_account(seller, "H5"), web, "S9", start_on=date(2025, 12, 1))
    charge(two, retail.product, -700, date(2025, 2, 10), tax_inclusive=True)
    charge(one, retail.product, 500, date(2025, 2, 1), tax_inclusive=True)
    return seller


def _make_canada() -> Seller:
    """Two levels of tax, the second on top of the first for one product."""
    seller = make_seller("canada", "CA", "CAD", region="QC")
    for tax_class, compound in (("standard", False), ("old", True)):
        publish_tax_rate(
            seller=seller, code="gst", name="GST", percent=5, country="CA", tax_class=tax_class,
            now=NOW,
        )  # fmt: skip
        publish_tax_rate(
            seller=seller, code="qst", name="QST", percent=Decimal("9.975"), country="CA",
            region="QC", tax_class=tax_class, level=2, compound=compound, now=NOW,
        )  # fmt: skip
    line = make_plan(seller, "line")
    make_price(line, "49.99")
    old = make_plan(seller, "phone", tax_class="old")
    make_price(old, "19.99")
    retail = make_plan(seller, "retail")
    make_price(retail, "24.99", tax_inclusive=True)
    for number, plans in enumerate(([line], [old], [line, old], [retail], [retail, line]), 1):
        account = make_account(seller, f"C{number}")
        for plan in plans:
            subscribe(account, plan, f"{plan.product.code}-{number}")
    return seller


def _make_wisp() -> Seller:
    """Usage, a minimum commitment, no tax, and a currency without decimals."""
    seller = make_seller("wisp", "US", "JPY", terms_days=30)
    meter = publish_meter(seller=seller, code="traffic", name="Traffic", now=NOW)
    plan = make_plan(seller, "air", cadence="1 week")
    make_price(plan, "", model={"model": "per_unit", "unit_price": "3.5"}, meter=meter)
    make_price(plan, "900", code="base", commitment="1000")
    account = make_account(seller, "W1")
    subscription = subscribe(account, plan, "W")
    for day in (3, 5, 20):
        use(meter, subscription, f"u{day}", date(2025, 1, day), "12.5")
    return seller


def _settle(one: Account, two: Account) -> None:
    """Payments in part and too much, credit of every kind, money back, and corrections."""
    day = date(2025, 4, 1)
    pay(one, 2000, day, "P1")
    over = pay(two, 20000, day, "P2")
    refund_payment(payment=over, amount_minor=1500, today=day, now=NOW, reason="too much")
    for kind, terms in (
        ("deposit", {"method": "cash", "external_id": "G1"}),
        ("promotional", {"expires_on": date(2025, 4, 3), "priority": 500}),
        ("goodwill", {"external_id": "G3", "reason": "sorry"}),
        ("deposit", {"method": "card", "external_id": "G4", "expires_on": date(2025, 4, 4)}),
    ):
        made = grant_credit(account=two, kind=kind, amount_minor=333, today=day, now=NOW, **terms)
        if made.external_id == "G3":
            reverse_credit(grant=made, today=day, now=NOW, reason="wrong account")
    deduct_credit(account=two, amount_minor=50, today=day, now=NOW, reason="fee")
    deduct_credit(account=two, amount_minor=50, today=day, now=NOW, reason="fee", method="cash")
    settled = Allocation.objects.filter(invoice__account=one).order_by("id").first()
    reverse_allocation(allocation=settled, today=day, now=NOW, reason="wrong invoice")
    used = Allocation.objects.filter(invoice__account=two, grant__isnull=False).first()
    reverse_allocation(allocation=used, today=day, now=NOW, reason="wrong invoice")
    assert Invoice.objects.filter(status="open").exists()
