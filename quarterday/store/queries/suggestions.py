"""Whose money it may be that a gateway reports and that matches nothing we asked for."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta

from django.db.models import Q

from quarterday.core.lifecycle import InvoiceState
from quarterday.store.models import (
    Account,
    GatewayEvent,
    Invoice,
    NumberSeries,
    PaymentAttempt,
    Seller,
)
from quarterday.store.queries.inbox_item import Suggestion

# What is found in the words of the gateway weighs most, since we write it there ourselves.
_INVOICE, _ACCOUNT, _PAYER, _AMOUNT, _TIME = 50, 30, 25, 25, 10
_MOST = 95
_NEAR = timedelta(days=2)
_FEW, _WORDS = 20, 500
_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9_./-]{1,39}")
_MAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9.-]{3,190}")


@dataclass
class _Case:
    """What speaks for an account, or for one of its invoices."""

    account: Account
    invoice: Invoice | None = None
    reasons: dict[str, int] = field(default_factory=dict)

    @property
    def weight(self) -> int:
        return sum(self.reasons.values())


def suggest(
    seller: Seller, event: GatewayEvent, reference: str, amount_minor: int | None
) -> Suggestion | None:
    """The case that most speaks for; None where nothing does. A fixed number of queries."""
    text = f"{reference} {event.body} {event.news}"
    words = list(dict.fromkeys(_WORD.findall(text)))[:_WORDS]
    cases: dict[tuple[int, int], _Case] = {}
    for invoice in _find_invoices(seller, words):
        _add(cases, invoice.account, invoice, f"it names invoice {invoice.label}", _INVOICE)
    for account in _find_accounts(seller, words):
        _add(cases, account, None, f"it names account {account}", _ACCOUNT)
    for account in _find_payers(seller, text):
        _add(cases, account, None, f"it names a mail address of account {account}", _PAYER)
    if amount_minor:
        _add_amounts(seller, event, amount_minor, cases)
    _join(cases)
    best = max(cases.values(), key=lambda one: (one.weight, one.invoice is not None), default=None)
    if best is None:
        return None
    name = best.invoice.label if best.invoice else ""
    return Suggestion(str(best.account), name, min(_MOST, best.weight), tuple(best.reasons))


def _add(
    cases: dict[tuple[int, int], _Case],
    account: Account,
    invoice: Invoice | None,
    reason: str,
    weight: int,
) -> None:
    key = (account.id, invoice.id if invoice else 0)
    cases.setdefault(key, _Case(account, invoice)).reasons[reason] = weight


def _join(cases: dict[tuple[int, int], _Case]) -> None:
    """What speaks for an account speaks for its invoices as well."""
    for (account, invoice), one in cases.items():
        if invoice and (general := cases.get((account, 0))):
            one.reasons.update(general.reasons)


def _find_invoices(seller: Seller, words: list[str]) -> Iterable[Invoice]:
    """By number, which is indexed, where a word can be a label; or by public id."""
    named = Q(public_id__in=words)
    for series in NumberSeries.objects.filter(seller=seller):
        found = {}
        for word in words:
            number = word.strip("./-").removeprefix(series.prefix)
            if number.isdecimal() and series.label(int(number)) == word.strip("./-"):
                found[int(number)] = word
        if found:
            named |= Q(series=series.code, number__in=list(found))
    rows = Invoice.objects.select_related("account").filter(named, seller=seller)
    return rows.order_by("id")[:_FEW]


def _find_accounts(seller: Seller, words: list[str]) -> Iterable[Account]:
    rows = Account.objects.filter(seller=seller)
    named = rows.filter(external_id__in=words) | rows.filter(public_id__in=words)
    return named.order_by("id")[:_FEW]


def _find_payers(seller: Seller, text: str) -> Iterable[Account]:
    mails = sorted({mail.lower() for mail in _MAIL.findall(text)})[:_FEW]
    if not mails:
        return []
    rows = Account.objects.filter(seller=seller, contacts__email__in=mails)
    return rows.distinct().order_by("id")[:_FEW]


def _add_amounts(
    seller: Seller, event: GatewayEvent, amount_minor: int, cases: dict[tuple[int, int], _Case]
) -> None:
    """Invoices of which just that is open, and payments of that amount begun at about that time."""
    rows = Invoice.objects.select_related("account").filter(seller=seller)
    for invoice in rows.filter(status=InvoiceState.OPEN, open_minor=amount_minor)[:_FEW]:
        reason = f"just that is open of invoice {invoice.label}"
        _add(cases, invoice.account, invoice, reason, _AMOUNT)
    begun = PaymentAttempt.objects.select_related("account").filter(
        gateway=event.gateway,
        account__seller=seller,
        amount_minor=amount_minor,
        payment=None,
        created_at__range=(event.received_at - _NEAR, event.received_at + _NEAR),
    )
    for attempt in begun.order_by("-id")[:_FEW]:
        reason = f"account {attempt.account} began to pay that much at about that time"
        _add(cases, attempt.account, None, reason, _TIME)
