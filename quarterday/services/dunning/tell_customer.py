"""The one message that an account gets on a day about what it owes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from quarterday.core.dunning import Due
from quarterday.core.message import find_roles, wants_kind
from quarterday.services.messages.fields.others import name_service
from quarterday.services.messages.queue_message import INSERT, make_row
from quarterday.services.messages.queue_rules import first_day_told, is_silent
from quarterday.services.tasks.open_task import open_task
from quarterday.store.models import Seller, Subscription
from quarterday.store.queries.dunning_cases import AccountCase, Case, name_occasion
from quarterday.store.queries.raw import execute_many
from quarterday.store.queries.readers import load_chosen, load_roles


class Outbox:
    """The messages to many accounts of a seller, written together."""

    def __init__(self, seller: Seller, accounts: Sequence[int], today: date) -> None:
        first = None if is_silent() else first_day_told(seller.id, today)
        self.is_silent = first is None or today < first
        self.chosen, self.roles = load_chosen(accounts), load_roles(accounts)
        self.rows: list[tuple[Any, ...]] = []

    def has_reader(self, account_id: int, kind: str) -> bool:
        """Whether a contact of an account wants a kind, or it has members and no contact."""
        chosen = self.chosen.get(account_id)
        if chosen is None:
            return bool(self.roles.get(account_id, set()).intersection(find_roles(kind)))
        return any(wants_kind(one, kind) for one in chosen)

    def write(self) -> None:
        """Queue all of them, in the transaction of what they tell."""
        execute_many(INSERT, self.rows)


def tell_customer(
    outbox: Outbox,
    account: AccountCase,
    case: Case,
    due: Due,
    services: Sequence[Subscription],
    *,
    now: datetime,
    actor: str,
) -> str:
    """The public id of the message, or an empty text where nobody gets it; then the staff is
    asked, once for the account, to find somebody who does.

    It is about the invoice of whose step it is, and lists all that are open. ``services`` are
    those that it names, if not those of the invoice.
    """
    row, kind = account.account, due.step.template
    if outbox.is_silent:
        return ""
    if not outbox.has_reader(row.id, kind):
        _ask_for_contact(account, now, actor)
        return ""
    named = list(services) or case.subscriptions
    on = account.day.isoformat()
    name = ", ".join(name_service(one) for one in named)
    values = make_row(
        kind=kind,
        seller_id=row.seller_id,
        account_id=row.id,
        subject=case.invoice.public_id,
        occasion=name_occasion(account.day),
        now=now,
        data={
            "about": [one.public_id for one in named],
            "service": {"name": name, "on": on, "day": on},
        },
    )
    outbox.rows.append(values)
    return str(values[0])


def _ask_for_contact(account: AccountCase, now: datetime, actor: str) -> None:
    row = account.account
    open_task(
        seller=row.seller,
        key=f"nobody to remind {row.public_id}",
        kind="contact",
        title=f"{row.name} ({row}) has nobody who gets reminders"[:200],
        text="Add a contact: what nobody was told of has no consequences either.",
        subject=row.public_id,
        account=row,
        due_on=account.day,
        now=now,
        actor=actor,
    )
