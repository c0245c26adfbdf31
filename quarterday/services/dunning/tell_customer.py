"""The one message that an account gets on a day about what it owes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from quarterday.core.dunning import Due
from quarterday.core.message import find_roles, wants_kind
from quarterday.services.messages.fields.others import name_service
from quarterday.services.messages.list_ways import list_ways
from quarterday.services.messages.queue_message import INSERT, make_row
from quarterday.services.messages.queue_rules import first_day_told, is_silent
from quarterday.services.tasks.open_task import open_task
from quarterday.store.models import Account, Seller, Subscription
from quarterday.store.queries.dunning_cases import AccountCase, Case, name_occasion
from quarterday.store.queries.raw import execute_many
from quarterday.store.queries.readers import load_chosen, load_dead, load_roles


class Outbox:
    """The messages to many accounts of a seller, written together."""

    def __init__(self, seller: Seller, accounts: Sequence[int], today: date) -> None:
        first = None if is_silent() else first_day_told(seller.id, today)
        self.is_silent = first is None or today < first
        self.chosen = load_chosen(accounts, reachable=True)
        self.roles = load_roles(accounts, reachable=True)
        self.dead = load_dead(accounts)
        self.ways = list_ways()
        self.rows: list[tuple[Any, ...]] = []

    def has_reader(self, account: Account, kind: str) -> bool:
        """Whether a contact of an account wants a kind, or it has members and no contact, at an
        address that takes mail; or a number or chat wants it, and there is a way to it.
        """
        routes = account.data.get("routes", ())
        sent = [one.get("kinds", ()) for one in routes if one.get("channel") in self.ways]
        if any(kinds and wants_kind(kinds, kind) for kinds in sent):
            return True
        chosen = self.chosen.get(account.id)
        if chosen is None:
            return bool(self.roles.get(account.id, set()).intersection(find_roles(kind)))
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
    if not outbox.has_reader(row, kind):
        _ask_for_contact(account, outbox.dead.get(row.id, ()), now, actor)
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


def _ask_for_contact(
    account: AccountCase, dead: Sequence[tuple[str, date]], now: datetime, actor: str
) -> None:
    """Once for an account that never had a reader, and once for each time that one was lost."""
    row = account.account
    key, title = f"nobody to remind {row.public_id}", "has nobody who gets reminders"
    text = "Add a contact: what nobody was told of has no consequences either."
    if dead:
        since = max(day for _, day in dead)
        key, title = f"unreachable {row.public_id} {since}", "is not reached by reminders"
        named = ", ".join(address for address, _ in dead)
        text = (
            f"Mail does not arrive at {named}. Find an address that works, or call: what nobody "
            "was told of has no consequences, so nothing is suspended meanwhile."
        )
    open_task(
        seller=row.seller,
        key=key,
        kind="contact",
        title=f"{row.name} ({row}) {title}"[:200],
        text=text,
        subject=row.public_id,
        account=row,
        due_on=account.day,
        now=now,
        actor=actor,
    )
