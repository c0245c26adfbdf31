"""What a search found, as lines: what it is, whose, how it stands, and where it leads."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from quarterday.core.access import StaffPermission
from quarterday.core.lifecycle import InvoiceState
from quarterday.store.models import Account
from quarterday.store.queries.balances import load_balances
from quarterday.store.queries.search import Found, search
from quarterday.web.console.door import Staff
from quarterday.web.kit.words import format_day, format_money


@dataclass(frozen=True, slots=True)
class Hit:
    """A line; ``url`` is a page that the role opens."""

    title: str
    note: str
    amount: str = ""
    state: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """The lines of one kind, and the list with all of them."""

    name: str
    hits: list[Hit]
    all_url: str = ""


_LISTS = {
    "accounts": "accounts",
    "invoices": "invoices",
    "payments": "payments",
    "credit notes": "credit-notes",
    "subscriptions": "subscriptions",
}


def find_groups(
    staff: Staff, text: str, *, today: date, limit: int, is_typing: bool = False
) -> list[Group]:
    """What a text means for the seller, as far as the role may see it."""
    found = search(
        staff.seller,
        text,
        limit=limit,
        with_money=staff.may(StaffPermission.SEE_MONEY),
        with_whole_amounts=not is_typing,
    )
    return [_present(one, staff, text, today) for one in found]


def _present(found: Found, staff: Staff, text: str, today: date) -> Group:
    if found.kind == "accounts":
        hits = _accounts(found.rows, staff, today)
    else:
        hits = [_MAKE[found.kind](row, today) for row in found.rows]
    if not staff.may(StaffPermission.SEE_CUSTOMERS):
        # They see who it is and what is owed, at the desk, and no more.
        hits = [
            Hit(one.title, one.note, one.amount, one.state, f"/console/desk/{_owner(row)}/")
            for one, row in zip(hits, found.rows, strict=True)
        ]
        return Group(found.kind.capitalize(), hits)
    slug = _LISTS.get(found.kind)
    query = urlencode({"show": "all", "q": text})
    return Group(found.kind.capitalize(), hits, f"/console/lists/{slug}/?{query}" if slug else "")


def _accounts(rows: list[Any], staff: Staff, today: date) -> list[Hit]:
    balances = load_balances([row.id for row in rows], today)
    hits = []
    for row in rows:
        owed = balances[row.id].owed_minor if row.id in balances else 0
        note = " · ".join(part for part in (row.external_id or "", row.country) if part)
        amount = f"owes {format_money(owed, row.currency)}" if owed else ""
        hits.append(Hit(row.name, note, amount, url=f"/console/accounts/{row.public_id}/"))
    return hits


def _owner(row: Any) -> str:
    return str((row if isinstance(row, Account) else row.account).public_id)


def _page(row: Any, place: str) -> str:
    return f"/console/accounts/{row.account.public_id}/{place}/{row.public_id}/"


def _invoice(row: Any, today: date) -> Hit:
    is_late = row.status == InvoiceState.OPEN and row.due_on < today
    return Hit(
        row.label,
        f"{row.account.name} · {format_day(row.issued_on, 'short')}",
        format_money(row.total_minor, row.currency),
        "overdue" if is_late else str(row.status),
        _page(row, "invoices"),
    )


def _payment(row: Any, today: date) -> Hit:
    return Hit(
        row.reference or f"By {row.method.replace('_', ' ')}",
        f"{row.account.name} · {format_day(row.received_on, 'short')}",
        format_money(row.amount_minor, row.currency),
        url=_page(row, "payments"),
    )


def _credit_note(row: Any, today: date) -> Hit:
    return Hit(
        row.label,
        f"{row.account.name} · {format_day(row.issued_on, 'short')}",
        format_money(row.total_minor, row.currency),
        url=_page(row, "credit-notes"),
    )


def _subscription(row: Any, today: date) -> Hit:
    return Hit(
        row.external_id or row.plan.name,
        f"{row.account.name} · {row.plan.name}",
        state=str(row.status),
        url=_page(row, "subscriptions"),
    )


def _refund(row: Any, today: date) -> Hit:
    return Hit(
        f"Refund from {format_day(row.refunded_on, 'short')}",
        row.account.name,
        format_money(row.amount_minor, row.currency),
        url=f"/console/lists/refunds/{row.public_id}/",
    )


def _message(row: Any, today: date) -> Hit:
    return Hit(
        row.kind.replace("_", " ").capitalize(),
        row.account.name if row.account else "",
        state=str(row.status),
        url=f"/console/lists/messages/{row.public_id}/",
    )


_MAKE: dict[str, Callable[[Any, date], Hit]] = {
    "invoices": _invoice,
    "payments": _payment,
    "credit notes": _credit_note,
    "subscriptions": _subscription,
    "refunds": _refund,
    "messages": _message,
}
