"""Deeds with money that are sent twice: at the same instant, and after the process has died."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Model

from quarterday.jobs.look_up_attempts import LookUpAttempts
from quarterday.ports.clock import VARIABLE
from quarterday.store.models import (
    CreditDeduction,
    CreditGrant,
    CreditNote,
    Invoice,
    Payment,
    PaymentAttempt,
    PendingCharge,
    Refund,
    RefundAttempt,
)
from quarterday.store.queries.check import check_books
from tests.services.paid import pay
from tests.services.till import Shop, together
from tests.web.console.staffer import Staffer
from tests.web.console.test_account_deeds import Desk, kept, late_fee
from tests.web.portal.customer import CLOCK, offer_sandbox

Sent = tuple[Model | None, dict[str, Any]]


@pytest.fixture(autouse=True)
def _clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, CLOCK)


def owed(shop: Shop, **fields: Any) -> Sent:
    return shop.invoice(1000), {"reason": "Sorry", **fields}


def paid(shop: Shop, **fields: Any) -> Sent:
    invoice = shop.invoice(1000)
    shop.pay(1190)
    return invoice, {"reason": "Sorry", **fields}


def by_hand(shop: Shop, **fields: Any) -> Sent:
    shop.invoice(1000)
    return shop.pay(1190), {"reason": "Sorry", **fields}


def by_card(shop: Shop, **fields: Any) -> Sent:
    offer_sandbox(shop)
    return pay(shop.invoice(1000)), {"reason": "Sorry", **fields}


def fee(shop: Shop, **fields: Any) -> Sent:
    return late_fee(shop, shop.invoice(1000)), {"reason": "Sorry", **fields}


def charged(shop: Shop) -> Sent:
    method = kept(shop)
    shop.invoice(1000)
    return None, {"method": method.public_id, "amount": "5"}


def had(shop: Shop, **fields: Any) -> Sent:
    """Credit of 10.00, more than is asked for at once and less than twice that."""
    shop.pay(1000)
    return None, {"amount": "6", "reason": "Too much", **fields}


def added(shop: Shop) -> Sent:
    charge = {"product": shop.hosting.public_id, "description": "Two hours", "amount": "80"}
    return None, {**charge, "when": "now"}


def nothing(shop: Shop, **fields: Any) -> Sent:
    return None, fields


RECORDED = {"amount": "5", "method": "bank_transfer", "received_on": "2026-03-04"}
HAND: dict[str, Any] = {"amount": "3", "way": "hand", "reopen": "yes"}
DEEDS: dict[str, tuple[str, Callable[[Shop], Sent], tuple[type[Model], ...]]] = {
    "charge": ("charge", charged, (PaymentAttempt, Payment)),
    "record": ("record-payment", lambda shop: nothing(shop, **RECORDED), (Payment, CreditGrant)),
    "add": ("add-charge", added, (PendingCharge, Invoice)),
    "hand": ("refund", lambda shop: by_hand(shop, **HAND), (Refund,)),
    "card": (
        "refund", lambda shop: by_card(shop, **{**HAND, "way": "gateway"}),
        (Refund, RefundAttempt),
    ),
    "to_credit": ("refund-to-credit", by_hand, (CreditNote, CreditGrant)),
    "credit": (
        "grant-credit",
        lambda shop: nothing(shop, amount="5", kind="goodwill", reason="Sorry"), (CreditGrant,),
    ),
    "deduct": ("deduct-credit", had, (CreditDeduction,)),
    "note": ("credit-note", lambda shop: paid(shop, line_1="3"), (CreditNote, CreditGrant)),
    "waive": ("waive-fee", lambda shop: fee(shop, line="1"), (CreditNote,)),
    "void": ("void", owed, (CreditNote,)),
    "write_off": ("write-off", owed, ()),
}  # fmt: skip


class Deed:
    """One deed, looked at and ready to be sent."""

    def __init__(self, shop: Shop, name: str) -> None:
        code, make, self.made = DEEDS[name]
        of, fields = make(shop)
        self.desk, self.of = Desk(shop), of
        _, self.form = self.desk.look(code, of, **fields)
        self.client = self.desk.staffer.client
        self.url, self.before = self.desk.url(code, of), self.count()

    def count(self) -> list[int]:
        return [model._default_manager.count() for model in self.made]

    def send(self) -> int:
        """From a window of its own."""
        return Staffer(self.desk.staffer.user).client.post(self.url, self.form).status_code

    def is_done_once(self) -> None:
        assert self.count() == [number + 1 for number in self.before], self.url
        if isinstance(self.of, Invoice):
            assert Invoice.objects.get(id=self.of.id).open_minor == 0


@pytest.mark.parametrize("name", DEEDS)
def test_a_form_that_is_sent_at_once_is_done_once(open_shop: Shop, name: str) -> None:
    deed = Deed(open_shop, name)
    answers = together(*[deed.send] * 3)
    # Nobody is shown a new form for what they have just done themselves.
    assert answers == [302] * 3
    deed.is_done_once()
    assert deed.send() == 302
    deed.is_done_once()


class Died(BaseException):
    """The process is gone: what was not committed is, too."""


@contextmanager
def dying(at: int) -> Iterator[None]:
    """Die before one of the commits, counted from 1; after the one before, that is, and after any
    word with a gateway in between.
    """
    original, step = BaseDatabaseWrapper._commit, 0  # type: ignore[attr-defined]

    def commit(self: Any) -> None:
        nonlocal step
        step += 1
        if step == at:
            self._rollback()
            raise Died
        original(self)

    BaseDatabaseWrapper._commit = commit  # type: ignore[attr-defined]
    try:
        yield
    finally:
        BaseDatabaseWrapper._commit = original  # type: ignore[attr-defined]


def settle(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the jobs do of a charge whose process died."""
    monkeypatch.setenv(VARIABLE, "2026-03-05T13:00+01:00")
    LookUpAttempts().run()
    monkeypatch.setenv(VARIABLE, CLOCK)
    assert not PaymentAttempt.objects.filter(status="created").exists()


@pytest.mark.parametrize("name", ["charge", "hand", "card", "credit", "note", "waive", "write_off"])
def test_a_form_that_is_sent_again_after_a_death_is_done_once(
    open_shop: Shop, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At every commit; what is begun with a gateway is seen to by jobs."""
    at, deaths = 0, 0
    while deaths == at:
        at += 1
        deed = Deed(open_shop, name)
        try:
            with dying(at):
                assert deed.client.post(deed.url, deed.form).status_code == 302
        except Died:
            deaths += 1
            connection.close()
        # Whether the answer was lost, or the whole.
        assert deed.send() == 302, at
        if name == "charge":
            settle(monkeypatch)
            assert PaymentAttempt.objects.count() == deed.before[0] + 1
            paid = PaymentAttempt.objects.filter(status="succeeded").count()
            assert Payment.objects.count() == paid
        else:
            deed.is_done_once()
    assert deaths
    assert [str(offence) for offence in check_books()] == []
