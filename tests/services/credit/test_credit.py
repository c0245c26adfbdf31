"""Credit: given, used in order, expired, taken back."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from quarterday.core.errors import BillingError
from quarterday.services.accounts.change_account import change_account
from quarterday.services.credit.apply_credit import apply_credit
from quarterday.services.credit.apply_due_credit import apply_due_credit
from quarterday.services.credit.deduct_credit import deduct_credit
from quarterday.services.credit.expire_credit import expire_credit
from quarterday.services.credit.grant_credit import grant_credit
from quarterday.services.credit.reverse_credit import reverse_credit
from quarterday.services.errors import Conflict
from quarterday.store.models import Allocation, CreditDeduction, CreditGrant, Event, Refund
from tests.services.till import DAY, LATER, NOW, Shop, amounts, ledger, together


def grant(shop: Shop, kind: str, amount_minor: int, **terms: object) -> CreditGrant:
    given = {"account": shop.account, "today": DAY, "now": NOW} | terms
    if kind == "deposit":
        given.setdefault("method", "cash")
    return grant_credit(kind=kind, amount_minor=amount_minor, **given)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("kind", "against"),
    [
        ("deposit", "assets:clearing:cash"),
        ("promotional", "expenses:promotions"),
        ("goodwill", "expenses:promotions"),
    ],
)
def test_a_deposit_is_money_and_a_gift_an_expense(shop: Shop, kind: str, against: str) -> None:
    grant(shop, kind, 500)
    assert ledger() == {against: 500, "liabilities:credit": -500}
    assert Event.objects.filter(kind="credit.granted").count() == 1


@pytest.mark.parametrize(
    ("terms", "said"),
    [
        ({"kind": "overpayment"}, "kind overpayment arises by itself"),
        ({"kind": "gift"}, "kind must be one of deposit"),
        ({"kind": "deposit"}, "method .* is empty"),
        ({"kind": "goodwill", "method": "cash"}, "method must be empty"),
        ({"kind": "goodwill", "amount_minor": 0}, "amount_minor must be at least 1"),
        ({"kind": "goodwill", "expires_on": DAY}, "expires_on must be later than today"),
    ],
)
def test_bad_input_is_refused(shop: Shop, terms: dict[str, object], said: str) -> None:
    given = {"account": shop.account, "amount_minor": 5, "today": DAY, "now": NOW} | terms
    with pytest.raises(BillingError, match=said):
        grant_credit(**given)  # type: ignore[arg-type]


def test_the_same_external_id_is_one_grant(shop: Shop) -> None:
    first = grant(shop, "deposit", 500, external_id="d1")
    assert grant(shop, "deposit", 500, external_id="d1").id == first.id
    with pytest.raises(Conflict, match=r"d1 was granted with amount 5\.00 EUR, not 6\.00 EUR"):
        grant(shop, "deposit", 600, external_id="d1")
    assert ledger()["liabilities:credit"] == -500


def test_credit_is_used_by_priority_then_expiry_then_age(shop: Shop) -> None:
    invoice = shop.invoice(1000)
    old = grant(shop, "goodwill", 100)
    young = grant(shop, "deposit", 100)
    last = grant(shop, "goodwill", 5000, priority=200)
    soon = grant(shop, "promotional", 100, expires_on=date(2026, 4, 1))
    first = grant(shop, "deposit", 100, priority=1)
    used = apply_credit(invoice=invoice, today=DAY, now=NOW)
    assert [one.grant_id for one in used] == [first.id, soon.id, old.id, young.id, last.id]
    assert amounts(used) == [100, 100, 100, 100, 790]
    invoice.refresh_from_db()
    assert invoice.status == "paid"


def test_an_amount_is_applied_exactly_or_not_at_all(shop: Shop) -> None:
    invoice = shop.invoice(1000)
    grant(shop, "goodwill", 300)
    apply_credit(invoice=invoice, today=DAY, now=NOW, amount_minor=100)
    invoice.refresh_from_db()
    assert invoice.open_minor == 1090
    with pytest.raises(BillingError, match=r"2.01 EUR cannot be applied .* at most 2.00 EUR"):
        apply_credit(invoice=invoice, today=DAY, now=NOW, amount_minor=201)
    assert amounts(Allocation.objects.all()) == [100]


def test_credit_at_once_is_used_once(open_shop: Shop) -> None:
    invoice = open_shop.invoice(1000)
    grant(open_shop, "goodwill", 700)
    together(*[lambda: apply_credit(invoice=invoice, today=DAY, now=NOW)] * 3)
    invoice.refresh_from_db()
    assert invoice.open_minor == 490


def test_what_is_not_used_expires_on_its_day(shop: Shop) -> None:
    grant(shop, "deposit", 500, expires_on=LATER)
    grant(shop, "promotional", 300, expires_on=LATER)
    grant(shop, "promotional", 50, expires_on=LATER + timedelta(days=1))
    assert expire_credit(today=LATER - timedelta(days=1), now=NOW) == []
    assert amounts(expire_credit(today=LATER, now=NOW)) == [500, 300]
    assert ledger() == {
        "assets:clearing:cash": 500,
        "income:expired-credit": -500,
        "expenses:promotions": 50,
        "liabilities:credit": -50,
    }
    assert expire_credit(today=LATER, now=NOW) == []


def test_only_the_rest_of_a_grant_expires(shop: Shop) -> None:
    grant(shop, "promotional", 300, expires_on=LATER)
    shop.invoice(100)
    expire_credit(today=LATER, now=NOW)
    assert amounts(CreditDeduction.objects.all()) == [181]
    assert ledger()["expenses:promotions"] == 119


def test_expired_credit_is_not_used(shop: Shop) -> None:
    grant(shop, "promotional", 300, expires_on=LATER)
    assert shop.invoice(100, on=LATER).open_minor == 119


def test_when_nothing_expires_one_look_into_a_small_index_is_all(shop: Shop) -> None:
    lasting = grant(shop, "promotional", 300)
    grant(shop, "promotional", 300, expires_on=LATER)
    with CaptureQueriesContext(connection) as queries:
        assert expire_credit(today=DAY, now=NOW) == []
    fields = {one.attname: getattr(lasting, one.attname) for one in CreditGrant._meta.fields}
    del fields["id"], fields["public_id"]
    (query,) = queries.captured_queries
    explain = "EXPLAIN QUERY PLAN" if connection.vendor == "sqlite" else "EXPLAIN"
    with transaction.atomic(), connection.cursor() as cursor:
        # Of a table that is nearly empty any way of reading is as good as another.
        CreditGrant.objects.bulk_create(CreditGrant(**fields) for _ in range(1000))
        cursor.execute("ANALYZE store_creditgrant")
        cursor.execute(f"{explain} {query['sql']}")
        plan = "\n".join(str(row[-1]) for row in cursor.fetchall())
        transaction.set_rollback(True)
    assert "credit_grant_expiry" in plan


def test_at_once_credit_expires_once(open_shop: Shop) -> None:
    grant(open_shop, "promotional", 300, expires_on=LATER)
    answers = together(*[lambda: expire_credit(today=LATER, now=NOW)] * 3)
    assert sorted(len(one) for one in answers if isinstance(one, list)) == [0, 0, 1]


def test_credit_is_used_on_the_due_date_where_the_account_says_so(shop: Shop) -> None:
    change_account(account_id=shop.account.id, settings={"credit_use": "on_due_date"}, now=NOW)
    grant(shop, "deposit", 200)
    first, second = shop.invoice(100), shop.invoice(100)
    assert (first.open_minor, second.open_minor) == (119, 119)
    due = first.due_on
    assert apply_due_credit(today=due - timedelta(days=1), now=NOW) == []
    assert amounts(apply_due_credit(today=due, now=NOW)) == [119, 81]
    assert apply_due_credit(today=due, now=NOW) == []


@pytest.mark.parametrize("credit_use", ["at_issue", "never"])
def test_other_accounts_credit_stays_on_the_due_date(shop: Shop, credit_use: str) -> None:
    shop.seller.settings = {"lead_days": 0, "credit_use": "on_due_date"}
    shop.seller.save()
    change_account(account_id=shop.account.id, settings={"credit_use": credit_use}, now=NOW)
    invoice = shop.invoice(100)
    grant(shop, "deposit", 200)
    assert apply_due_credit(today=invoice.due_on, now=NOW) == []


def test_a_missed_due_date_is_caught_up_by_the_billing_run(shop: Shop) -> None:
    shop.seller.settings = {"lead_days": 0, "credit_use": "on_due_date"}
    shop.seller.save()
    invoice = shop.invoice(100)
    grant(shop, "deposit", 200)
    shop.bill(invoice.due_on + timedelta(days=3))
    invoice.refresh_from_db()
    assert invoice.status == "paid"


@pytest.mark.parametrize("kind", ["deposit", "promotional", "goodwill"])
def test_a_grant_is_taken_back_as_if_never_given(shop: Shop, kind: str) -> None:
    made = grant(shop, kind, 500)
    done = reverse_credit(grant=made, today=LATER, now=NOW, reason="wrong account")
    assert (done.amount_minor, done.kind) == (500, "reversed")
    assert ledger() == {}
    with pytest.raises(BillingError, match="has nothing left"):
        reverse_credit(grant=made, today=LATER, now=NOW, reason="wrong account")


def test_money_of_the_customer_is_not_taken_back(shop: Shop) -> None:
    shop.pay(500)
    with pytest.raises(BillingError, match="is money of the customer"):
        reverse_credit(grant=CreditGrant.objects.get(), today=DAY, now=NOW, reason="no")
    assert CreditGrant.objects.get().open_minor == 500


def test_credit_is_given_up_in_the_order_of_use(shop: Shop) -> None:
    grant(shop, "deposit", 100)
    grant(shop, "promotional", 100, priority=1)
    done = deduct_credit(account=shop.account, amount_minor=150, today=DAY, now=NOW, reason="fee")
    assert amounts(done) == [100, 50]
    assert ledger() == {
        "assets:clearing:cash": 100,
        "income:expired-credit": -50,
        "liabilities:credit": -50,
    }


def test_only_credit_that_was_paid_for_is_paid_out(shop: Shop) -> None:
    grant(shop, "goodwill", 100, priority=1)
    grant(shop, "deposit", 100)
    with pytest.raises(BillingError, match="from 1 to the 100 that was paid for and is open"):
        deduct_credit(
            account=shop.account, amount_minor=101, today=DAY, now=NOW, reason="x", method="cash"
        )
    deduct_credit(
        account=shop.account, amount_minor=100, today=DAY, now=NOW, reason="closed", method="cash"
    )
    assert amounts(Refund.objects.all()) == [100]
    assert ledger() == {"expenses:promotions": 100, "liabilities:credit": -100}


@pytest.mark.parametrize("amount_minor", [0, -5, 101])
def test_no_more_is_deducted_than_there_is(shop: Shop, amount_minor: int) -> None:
    grant(shop, "deposit", 100)
    with pytest.raises(BillingError):
        deduct_credit(
            account=shop.account, amount_minor=amount_minor, today=DAY, now=NOW, reason="fee"
        )
    assert not CreditDeduction.objects.exists()
