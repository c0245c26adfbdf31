"""Four eyes: what is above the limit is done once, after somebody else has looked."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

import pytest

from quarterday.core.approval import Waiver
from quarterday.core.errors import BillingError
from quarterday.services.approvals.decide_approval import (
    approve,
    finish_approved,
    refuse,
    withdraw,
)
from quarterday.services.approvals.do_or_ask import Outcome, do_or_ask
from quarterday.services.approvals.wish import Wish, wish_credit, wish_refund, wish_waiver
from quarterday.services.errors import Conflict
from quarterday.services.payments.refund_by_gateway import refund_by_gateway
from quarterday.services.payments.start_refund import start_refund
from quarterday.services.staff.check_staff import Forbidden
from quarterday.services.users.add_user import add_user
from quarterday.store.models import (
    Account,
    Approval,
    Brand,
    CreditGrant,
    CreditNote,
    Event,
    Invoice,
    Payment,
    Refund,
    User,
)
from tests.services.paid import offer, pay
from tests.services.till import DAY, NOW, Shop, together

LIMITS = {"approvals": {"refund": {"EUR": "50.00"}, "credit": {"EUR": "10.00"}}}


def limit(shop: Shop) -> Payment:
    """A payment by a gateway at a seller that has limits."""
    offer(shop)
    payment = pay(shop.invoice(10000))
    brand = Brand.objects.get(seller=shop.seller)
    brand.data = {**brand.data, **LIMITS}
    brand.save()
    return Payment.objects.select_related("account__seller").get(id=payment.id)


def person(name: str) -> User:
    return add_user(email=f"{name}@example.com", name=name)


def ask(wish: Wish, user: User, *, role: str = "finance", key: str = "k1") -> Outcome:
    return do_or_ask(wish, user=user, role=role, key=key, today=DAY, now=NOW)


def refund_wish(payment: Payment, amount_minor: int = 6000) -> Wish:
    return wish_refund(payment=payment, amount_minor=amount_minor, reason="outage", reopen=True)


def waiting(payment: Payment, by: User, key: str = "k1") -> Approval:
    approval = ask(refund_wish(payment), by, key=key).approval
    assert approval is not None
    return Approval.objects.select_related("seller", "account", "asked_by").get(id=approval.id)


def test_below_the_limit_it_is_done_at_once_and_once(shop: Shop) -> None:
    payment, finn = limit(shop), person("finn")
    first, second = (ask(refund_wish(payment, 5000), finn) for _ in range(2))
    assert first.approval is None
    assert first.result == second.result == Refund.objects.get().public_id
    event = Event.objects.get(kind="payment.refunded")
    assert event.actor == finn.public_id


def test_slices_count_together(shop: Shop) -> None:
    payment, finn, olga = limit(shop), person("finn"), person("olga")
    assert ask(refund_wish(payment, 3000), finn, key="a").approval is None
    assert ask(refund_wish(payment, 3000), finn, key="a").approval is None
    assert ask(refund_wish(payment, 2001), finn, key="b").approval is not None
    assert ask(refund_wish(payment, 2001), olga, key="c").approval is None
    assert [one.amount_minor for one in Refund.objects.order_by("id")] == [3000, 2001]


def test_what_a_customer_paid_too_much_is_no_gift(shop: Shop) -> None:
    limit(shop)
    finn = person("finn")
    shop.pay(5000, actor=finn.public_id)
    assert CreditGrant.objects.get().kind == "overpayment"
    wish = wish_credit(account=shop.account, amount_minor=900, reason="slow")
    assert ask(wish, finn).approval is None
    assert ask(wish, finn, key="k2").approval is not None


@pytest.mark.parametrize("kind", ["refund", "gateway", "credit", "note"])
def test_wishes_at_the_same_instant_do_not_pass_the_limit_together(
    open_shop: Shop, kind: str
) -> None:
    payment, finn = limit(open_shop), person("finn")
    account = Account.objects.get(id=open_shop.account.id)
    invoice = Invoice.objects.get()

    def wish() -> Wish:
        if kind == "credit":
            return wish_credit(account=account, amount_minor=600, reason="sorry")
        if kind == "note":
            return wish_waiver(Waiver.CREDIT_NOTE, subject=invoice, lines={1: 500}, reason="sorry")
        return wish_refund(
            payment=payment, amount_minor=3000, reason="outage", reopen=True,
            by_gateway=kind == "gateway",
        )  # fmt: skip

    calls = [lambda key=f"k{n}": ask(wish(), finn, key=key) for n in range(4)]
    answers = together(*calls)
    asked = [one.approval for one in answers if isinstance(one, Outcome)]
    assert len(asked) == 4, answers
    assert sum(one is None for one in asked) == 1
    made = Refund if "refund" in kind or kind == "gateway" else CreditGrant
    assert made.objects.count() == 1
    again = together(*calls)
    assert made.objects.count() == 1
    assert sorted(str(one) for one in again) == sorted(str(one) for one in answers)


def test_whatever_gives_up_what_is_owed_counts_as_credit(shop: Shop) -> None:
    """No way around: an invoice of 11.90 at a limit of 10.00."""
    limit(shop)
    finn, olga = person("finn"), person("olga")
    invoice, paid = shop.invoice(1000), Invoice.objects.get(status="paid")
    payment = Payment.objects.get()
    whole: tuple[tuple[Waiver, Invoice | Payment], ...] = (
        (Waiver.CREDIT_NOTE, paid), (Waiver.CREDIT_NOTE, invoice), (Waiver.VOID, invoice),
        (Waiver.WRITE_OFF, invoice), (Waiver.PAYMENT, payment),
    )  # fmt: skip
    rows = []
    for n, (waiver, subject) in enumerate(whole):
        wish = wish_waiver(waiver, subject=subject, reason="sorry")
        rows.append(ask(wish, finn, key=f"w{n}").approval)
    asked = [one for one in rows if one]
    assert len(asked) == 5 and not CreditNote.objects.exists()
    assert not Event.objects.filter(kind="invoice.written_off").exists()
    # What is below the limit is done, and counts with all that follows.
    small = wish_waiver(Waiver.CREDIT_NOTE, subject=invoice, lines={1: 800}, reason="sorry")
    for _ in range(2):
        note = CreditNote.objects.get(public_id=ask(small, finn, key="small").result)
    assert note.total_minor == 952
    gift = wish_credit(account=invoice.account, amount_minor=49, reason="sorry")
    assert ask(gift, finn, key="gift").approval is not None
    # An approval is for what was looked at: less is left to write off now.
    ended = approve(row_of(asked[3]), user=olga, role="owner", now=NOW)
    assert ended.status == "failed" and "11.90" in ended.error and "2.38" in ended.error
    rest = wish_waiver(Waiver.WRITE_OFF, subject=Invoice.objects.get(id=invoice.id), reason="x")
    row = ask(rest, finn, key="rest").approval
    assert row is not None
    for _ in range(2):
        assert approve(row_of(row), user=olga, role="owner", now=NOW).status == "done"
    assert Invoice.objects.get(id=invoice.id).status == "written_off"
    done = approve(row_of(asked[0]), user=olga, role="owner", now=NOW)
    assert (done.status, CreditGrant.objects.get().amount_minor) == ("done", 11900)
    assert CreditNote.objects.filter(public_id=done.result).exists()


def test_the_key_of_one_thing_opens_no_other(shop: Shop) -> None:
    payment, finn = limit(shop), person("finn")
    invoice = shop.invoice(20000)
    small: tuple[Wish, ...] = (
        refund_wish(payment, 100),
        wish_credit(account=invoice.account, amount_minor=100, reason="sorry"),
        wish_waiver(Waiver.CREDIT_NOTE, subject=invoice, lines={1: 100}, reason="sorry"),
    )
    for number, wish in enumerate(small):
        assert ask(wish, finn, key=f"k{number}").approval is None
    large: tuple[Wish, ...] = (
        refund_wish(payment, 6000),
        wish_credit(account=invoice.account, amount_minor=5000, reason="sorry"),
        wish_waiver(Waiver.CREDIT_NOTE, subject=invoice, lines={1: 5000}, reason="sorry"),
        wish_waiver(Waiver.WRITE_OFF, subject=Invoice.objects.get(id=invoice.id), reason="sorry"),
    )
    for used in range(3):
        for wish in large:
            with suppress(Conflict):
                assert ask(wish, finn, key=f"k{used}").approval is not None
    assert sum(one.amount_minor for one in Refund.objects.all()) == 100
    assert CreditGrant.objects.get(kind="goodwill").amount_minor == 100
    assert CreditNote.objects.get().total_minor == 119
    assert Invoice.objects.get(id=invoice.id).status == "open"


def test_above_it_somebody_else_decides(shop: Shop) -> None:
    payment, finn, olga = limit(shop), person("finn"), person("olga")
    row = waiting(payment, finn)
    assert waiting(payment, finn) == row
    with pytest.raises(Conflict, match="another amount"):
        ask(refund_wish(payment, 7000), finn)
    assert not Refund.objects.exists()
    for user, role in ((finn, "owner"), (olga, "support"), (olga, "auditor")):
        with pytest.raises(Forbidden):
            approve(row, user=user, role=role, now=NOW)
        with pytest.raises(Forbidden):
            refuse(row, user=user, role=role, now=NOW)
    done = approve(row, user=olga, role="finance", now=NOW)
    again = approve(row, user=olga, role="finance", now=NOW)
    refund = Refund.objects.get()
    assert (done.status, done.result, again.result) == ("done", refund.public_id, refund.public_id)
    assert refund.amount_minor == 6000
    with pytest.raises(Conflict):
        refuse(row, user=olga, role="owner", now=NOW)
    said = Event.objects.filter(subject=row.public_id).order_by("id")
    assert list(said.values_list("kind", "actor")) == [
        ("approval.asked", finn.public_id),
        ("approval.approved", olga.public_id),
        ("approval.done", "system"),
    ]
    # The log says what it was, at each step.
    assert all('"amount_minor":6000' in one.data for one in said)


def test_credit_waits_too_and_what_is_refused_or_taken_back_is_not_given(shop: Shop) -> None:
    limit(shop)
    finn, olga = person("finn"), person("olga")
    account = Account.objects.get(id=shop.account.id)
    before = CreditGrant.objects.count()
    wish = wish_credit(account=account, amount_minor=2000, reason="sorry")
    rows = [ask(wish, finn, key=key).approval for key in ("a", "b", "c")]
    first, second, third = (one for one in rows if one)
    with pytest.raises(Forbidden):
        withdraw(first, user=olga, now=NOW)
    assert withdraw(first, user=finn, now=NOW).status == "withdrawn"
    assert refuse(second, user=olga, role="owner", now=NOW).status == "refused"
    with pytest.raises(Conflict):
        approve(second, user=olga, role="owner", now=NOW)
    assert CreditGrant.objects.count() == before
    assert approve(third, user=olga, role="owner", now=NOW).status == "done"
    assert CreditGrant.objects.latest("id").amount_minor == 2000
    with pytest.raises(Forbidden):
        ask(wish, finn, role="support", key="d")


def test_what_cannot_be_done_any_more_says_why(shop: Shop) -> None:
    payment, finn, olga = limit(shop), person("finn"), person("olga")
    rows = [waiting(payment, finn, key) for key in ("a", "b")]
    ends = [approve(row, user=olga, role="owner", now=NOW) for row in rows]
    assert [one.status for one in ends] == ["done", "failed"]
    assert "at most" in ends[1].error
    assert Refund.objects.count() == 1


def test_two_who_decide_at_once_are_one_decision(open_shop: Shop) -> None:
    payment, finn = limit(open_shop), person("finn")
    row, deciders = waiting(payment, finn), [person("olga"), person("otto")]
    calls: list[Callable[[], Approval]] = [
        lambda: approve(row_of(row), user=deciders[0], role="owner", now=NOW),
        lambda: approve(row_of(row), user=deciders[1], role="owner", now=NOW),
        lambda: refuse(row_of(row), user=deciders[1], role="owner", now=NOW),
    ]
    answers = together(*calls)
    status = Approval.objects.get().status
    assert status in ("done", "refused")
    assert Refund.objects.count() == (status == "done")
    assert all(isinstance(one, Approval | BillingError) for one in answers)


@pytest.mark.parametrize("place", ["decided", "booked", "refunded"])
def test_death_after_any_commit_is_made_good_once(shop: Shop, place: str) -> None:
    payment, finn, olga = limit(shop), person("finn"), person("olga")
    row = waiting(payment, finn)
    # What the database holds when the process dies there.
    Approval.objects.filter(id=row.id).update(status="approved", decided_by=olga, decided_at=NOW)
    terms = {"amount_minor": 6000, "reopen": True, "reason": "outage", "external_id": row.public_id}
    if place == "booked":
        start_refund(payment=payment, today=DAY, now=NOW, **terms)  # type: ignore[arg-type]
    if place == "refunded":
        refund_by_gateway(payment=payment, today=DAY, now=NOW, **terms)  # type: ignore[arg-type]
    for _ in range(2):
        done = finish_approved(row_of(row), today=DAY, now=NOW)
        assert (done.status, done.result) == ("done", Refund.objects.get().public_id)
    assert Refund.objects.get().attempt.status == "succeeded"


def row_of(row: Approval) -> Approval:
    return Approval.objects.select_related("seller", "account", "asked_by").get(id=row.id)
