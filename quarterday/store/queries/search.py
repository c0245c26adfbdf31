"""One search over everything of a seller: names, numbers, references, amounts, mail addresses.

Every part is either led by an index or looks through something small (accounts), so that an answer
comes while somebody types, with a million invoices too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from quarterday.core.money import currency
from quarterday.store.bulk import is_postgresql
from quarterday.store.models import (
    Account,
    Contact,
    CreditNote,
    Invoice,
    Membership,
    Message,
    NumberSeries,
    Payment,
    PaymentAttempt,
    Refund,
    Seller,
    Subscription,
)
from quarterday.store.queries.raw import fetch

# Of those with one amount so many are found, the newest.
_MOST = 50
# What is open is the total, or a part of it, which has an index of its own; SQLite uses that where
# its condition stands in the query word for word.
OF_REST = """
SELECT id FROM store_invoice
WHERE status = 'open' AND NOT (open_minor = total_minor)
  AND seller_id = %s AND open_minor = %s AND currency = %s
ORDER BY id DESC LIMIT %s
"""
_AMOUNT = re.compile(r"(\d{1,3}(?:[ .,]?\d{3})*|\d+)(?:([.,])(\d{1,4}))?")
_PUBLIC = re.compile(r"[a-z]{3}_[0-9a-f]{6,36}")


@dataclass(frozen=True, slots=True)
class Found:
    """What was found of one kind; ``rows`` are its models with their accounts."""

    kind: str
    rows: list[Any]


def search(
    seller: Seller,
    text: str,
    *,
    limit: int = 6,
    with_money: bool = True,
    with_whole_amounts: bool = True,
) -> list[Found]:
    """What a text may mean, kind by kind, at most ``limit`` of each.

    ``with_money`` is False for those who may only know who somebody is. Without
    ``with_whole_amounts``, a bare number is a number and no amount, as long as one types.
    """
    text = " ".join(text.split())[:200]
    if len(text) < 2 or "\x00" in text:
        return []
    amounts = with_money and (with_whole_amounts or not text.isdecimal())
    parts: list[tuple[str, QuerySet[Any]]] = [("accounts", find_accounts(seller, text))]
    parts.append(("invoices", find_invoices(seller, text, with_amounts=amounts)))
    if with_money:
        parts += [
            ("payments", find_payments(seller, text, with_amounts=amounts)),
            ("credit notes", find_credit_notes(seller, text)),
            ("subscriptions", find_subscriptions(seller, text)),
            ("refunds", _by_public_id(Refund, seller, text)),
            ("messages", _by_public_id(Message, seller, text)),
        ]
    return [Found(kind, rows) for kind, query in parts if (rows := list(query[:limit]))]


def find_accounts(seller: Seller, text: str) -> QuerySet[Account]:
    """By a part of the name or the address of a contact or user, by number, or public id."""
    rows = Account.objects.filter(seller=seller)
    if _PUBLIC.fullmatch(text):
        return rows.filter(public_id__startswith=text) if text.startswith("acc_") else rows.none()
    keys: set[int] = set()
    if "@" in text:
        contacts = Contact.objects.filter(email__istartswith=text) | Contact.objects.filter(
            email__iendswith=text
        )
        keys.update(contacts.values_list("account_id", flat=True)[:200])
        members = Membership.objects.filter(user__email__istartswith=text.lower())
        keys.update(members.values_list("account_id", flat=True)[:200])
        return rows.filter(id__in=keys).order_by("name", "id")
    return rows.filter(Q(external_id=text) | Q(name__icontains=text)).order_by("name", "id")


def find_invoices(seller: Seller, text: str, *, with_amounts: bool = True) -> QuerySet[Invoice]:
    """By the number on it (whole, or from its first sign on), public id, or amount."""
    rows = Invoice.objects.select_related("account").filter(seller=seller)
    if _PUBLIC.fullmatch(text):
        return rows.filter(public_id__startswith=text) if text.startswith("inv_") else rows.none()
    found = _by_number(seller, text)
    if with_amounts and (amounts := read_amounts(text, seller)):
        own = Invoice.objects.filter(seller=seller)
        keys = _newest(own.filter(currency=code, total_minor=minor) for code, minor in amounts)
        for code, minor in amounts:
            keys += [key for (key,) in fetch(OF_REST, [seller.id, minor, code, _MOST])]
        found |= Q(id__in=keys)
    return rows.filter(found).order_by("-id")


def find_credit_notes(seller: Seller, text: str) -> QuerySet[CreditNote]:
    """By the number on it, or public id."""
    rows = CreditNote.objects.select_related("account").filter(seller=seller)
    if _PUBLIC.fullmatch(text):
        return rows.filter(public_id__startswith=text) if text.startswith("crn_") else rows.none()
    return rows.filter(_by_number(seller, text)).order_by("-id")


def find_payments(seller: Seller, text: str, *, with_amounts: bool = True) -> QuerySet[Payment]:
    """By reference (from its first sign on), a gateway's reference, public id, or amount."""
    rows = of_seller(Payment.objects.select_related("account"), seller)
    if _PUBLIC.fullmatch(text):
        return rows.filter(public_id__startswith=text) if text.startswith("pay_") else rows.none()
    begun = Payment.objects.filter(_begins("reference", text)).exclude(reference="")
    keys = list(begun.values_list("id", flat=True)[:50])
    if len(text) >= 6:
        attempts = PaymentAttempt.objects.filter(gateway_reference=text, payment__isnull=False)
        keys += [key for key in attempts.values_list("payment_id", flat=True)[:50] if key]
    if with_amounts and (amounts := read_amounts(text, seller)):
        keys += _newest(
            of_seller(Payment.objects.filter(currency=code, amount_minor=minor), seller)
            for code, minor in amounts
        )
    return rows.filter(id__in=keys).order_by("-id")


def find_subscriptions(seller: Seller, text: str) -> QuerySet[Subscription]:
    """By a part of its external id, such as a domain, or public id."""
    rows = of_seller(Subscription.objects.select_related("account", "plan__product"), seller)
    if _PUBLIC.fullmatch(text):
        return rows.filter(public_id__startswith=text) if text.startswith("sub_") else rows.none()
    return rows.filter(external_id__icontains=text).order_by("-id")


def read_amounts(text: str, seller: Seller) -> list[tuple[str, int]]:
    """What a text may mean as an amount, in the currencies that the seller's accounts have.

    Both ``1,234.50`` and ``1.234,50`` are read, with a code or sign at either end.
    """
    plain = re.sub(r"[€$£¥]|\b[A-Za-z]{3}\b", "", text).strip()
    match = _AMOUNT.fullmatch(plain)
    if match is None or len(plain) > 20:
        return []
    whole = Decimal(re.sub(r"[ .,]", "", match[1]))
    number = whole + (Decimal(f"0.{match[3]}") if match[3] else 0)
    found = []
    for code in _list_currencies(seller):
        minor = number.scaleb(currency(code).exponent)
        if minor == minor.to_integral_value() and 0 < minor < 2**53:
            found.append((code, int(minor)))
    return found


def of_seller(rows: QuerySet[Any], seller: Seller) -> QuerySet[Any]:
    """Rows of accounts of a seller; asked row by row, so that the newest are found first
    whichever table the database would rather begin with.
    """
    own = Account.objects.filter(id=OuterRef("account_id"), seller=seller)
    found: QuerySet[Any] = rows.filter(Exists(own))
    return found


def _list_currencies(seller: Seller) -> list[str]:
    """The seller's own, and those that its brand or gateways would name; few in any business."""
    rows = Account.objects.filter(seller=seller).exclude(currency=seller.currency)
    others = rows.order_by().values_list("currency", flat=True).distinct()[:10]
    return [seller.currency, *others]


def _by_number(seller: Seller, text: str) -> Q:
    """Documents whose label is or ends in a number; without one, none."""
    found = Q(pk__in=[])
    for series in NumberSeries.objects.filter(seller=seller):
        number = text.upper().removeprefix(series.prefix.upper())
        if number.isascii() and number.isdecimal() and len(number) < 18:
            found |= Q(series=series.code, number=int(number))
    return found


def _begins(field: str, text: str) -> Q:
    """What begins with a text, as each database reads it from its index."""
    if is_postgresql():
        return Q(**{f"{field}__startswith": text})
    return Q(**{f"{field}__gte": text, f"{field}__lt": text + chr(0x10FFFF)})


def _newest(parts: Iterable[QuerySet[Any]]) -> list[int]:
    """The newest keys of all that the parts find, each read from the end of its index."""
    return [
        key for rows in parts for key in rows.order_by("-id").values_list("id", flat=True)[:_MOST]
    ]


def _by_public_id(model: type[Any], seller: Seller, text: str) -> QuerySet[Any]:
    rows = model._default_manager.select_related("account")
    prefix = model._meta.get_field("public_id").prefix
    if not (_PUBLIC.fullmatch(text) and text.startswith(f"{prefix}_")):
        return of_seller(rows.none(), seller)
    return of_seller(rows.filter(public_id__startswith=text), seller)
