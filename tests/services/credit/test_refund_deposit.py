"""What was paid in and not used goes back the way it came, where the seller lets it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from quarterday.core.access import StaffRole
from quarterday.core.errors import BillingError
from quarterday.ports.outcomes import KeptMethod
from quarterday.services.collection.charge_method import charge_method
from quarterday.services.credit.deduct_credit import deduct_credit
from quarterday.services.credit.grant_credit import grant_credit
from quarterday.services.credit.refund_deposit import refund_deposit
from quarterday.services.credit.reverse_credit import reverse_credit
from quarterday.services.invoicing.credit_invoice import credit_invoice
from quarterday.services.payments.keep_method import keep_method
from quarterday.services.payments.start_attempt import start_attempt
from quarterday.services.sellers.change_brand import change_brand
from quarterday.services.staff.check_staff import Forbidden
from quarterday.store.models import CreditGrant, Invoice, RefundAttempt
from tests.services.till import DAY, NOW, Shop, ledger, together


def set_policy(shop: Shop, **credit: Any) -> None:
    data = {"gateways": {"sandbox": {"is_enabled": True}}, "credit": credit}
    change_brand(seller=shop.seller, now=NOW, data=data)
    shop.seller.refresh_from_db()
    shop.account.refresh_from_db()


def pay_in(shop: Shop, minor: int) -> None:
    kept = KeptMethod("sbx.ok.visa.4242.203012", "visa", "Visa •••• 4242")
    method = keep_method(account=shop.account, gateway="sandbox", kept=kept, now=NOW)
    charge_method(account=shop.account, method=method, amount_minor=minor, invoices=[], now=NOW)


def back(shop: Shop, amount: int | None = None, on: Any = DAY) -> list[RefundAttempt]:
    return refund_deposit(account=shop.account, today=on, now=NOW, amount_minor=amount)


def test_what_is_left_of_deposits_goes_back_and_gifts_never(shop: Shop) -> None:
    set_policy(shop, refund="within_days", refund_days=14)
    pay_in(shop, 3000)
    pay_in(shop, 2000)
    grant_credit(
        account=shop.account, kind="goodwill", amount_minor=500, today=DAY, now=NOW, priority=900
    )
    shop.invoice(1000)
    assert [one.refund.amount_minor for one in back(shop, 2500)] == [2000, 500]
    assert [one.refund.amount_minor for one in back(shop)] == [1310]
    with pytest.raises(BillingError, match=r"0\.00 EUR of the credit"):
        back(shop)
    assert CreditGrant.objects.get(open_minor__gt=0).kind == "goodwill"
    assert ledger()["liabilities:credit"] == -500


@pytest.mark.parametrize(
    ("policy", "days"),
    [({}, 0), ({"refund": "never"}, 0), ({"refund": "within_days", "refund_days": 5}, 6)],
)
def test_without_the_policy_nothing_goes_back(shop: Shop, policy: Any, days: int) -> None:
    set_policy(shop, **policy)
    pay_in(shop, 3000)
    with pytest.raises(BillingError, match=r"0\.00 EUR of the credit"):
        back(shop, on=DAY + timedelta(days=days))


def test_money_by_hand_goes_back_by_hand(shop: Shop) -> None:
    set_policy(shop, refund="always")
    grant_credit(
        account=shop.account, kind="deposit", method="cash", amount_minor=5, today=DAY, now=NOW
    )
    with pytest.raises(BillingError, match=r"0\.00 EUR of the credit"):
        back(shop)


def test_the_tax_of_a_deposit_goes_back_with_it(shop: Shop) -> None:
    set_policy(shop, refund="always", tax="at_deposit")
    pay_in(shop, 11900)
    (advance,) = Invoice.objects.filter(series="advance")
    assert (advance.total_minor, advance.tax_minor, advance.status) == (11900, 1900, "paid")
    assert ledger() == {
        "assets:clearing:sandbox": 11900,
        "assets:tax-on-advances": 1900,
        "liabilities:credit": -11900,
        "liabilities:tax:vat19": -1900,
    }
    shop.invoice(5000)
    assert ledger()["liabilities:tax:vat19"] == -1900
    back(shop)
    assert ledger() == {
        "assets:clearing:sandbox": 5950,
        "income:hosting": -5000,
        "liabilities:tax:vat19": -950,
    }
    assert [one.tax_minor for one in advance.credit_notes.order_by("id")] == [950, 950]


def test_only_who_may_grants_deducts_and_takes_back(shop: Shop) -> None:
    terms: dict[str, Any] = {"today": DAY, "now": NOW, "reason": "agreed"}
    own: dict[str, Any] = {"account": shop.account, "amount_minor": 5} | terms
    for role in (StaffRole.SUPPORT, StaffRole.CASHIER, StaffRole.AUDITOR):
        with pytest.raises(Forbidden, match=f"the role {role} does not permit to grant credit"):
            grant_credit(kind="goodwill", role=role, **own)
    made = grant_credit(kind="goodwill", role=StaffRole.FINANCE, **own)
    with pytest.raises(Forbidden, match="give money back"):
        deduct_credit(method="cash", role=StaffRole.SUPPORT, **own)
    with pytest.raises(Forbidden):
        reverse_credit(grant=made, role=StaffRole.CASHIER, **terms)


def test_who_has_no_service_adds_no_credit_where_one_is_needed(shop: Shop) -> None:
    set_policy(shop, needs_service=True)
    terms: dict[str, Any] = {"gateway": "sandbox", "choice": "card", "invoices": [], "now": NOW}
    with pytest.raises(BillingError, match="cannot be paid in"):
        start_attempt(account=shop.account, amount_minor=2000, **terms)
    shop.subscribe(shop.meter(), "S1")
    assert start_attempt(account=shop.account, amount_minor=2000, **terms)


def test_two_who_ask_at_once_get_it_back_once(open_shop: Shop) -> None:
    """Credit of credit notes could pay for a second one, but was not asked for."""
    shop = open_shop
    set_policy(shop, refund="always")
    pay_in(shop, 10000)
    used = shop.invoice(5000)
    assert used.open_minor == 0
    credit_invoice(invoice=used, reason="outage", today=DAY, now=NOW)
    answers = together(*[lambda: back(shop)] * 3)
    given = [one.refund.amount_minor for one in RefundAttempt.objects.all()]
    assert (given, sum(isinstance(one, list) for one in answers)) == ([4050], 1), answers
    assert sum(one.open_minor for one in CreditGrant.objects.all()) == 5950
