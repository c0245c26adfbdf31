"""Queue the one message that an account gets on a day about what it owes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from quarterday.core.dunning import Due
from quarterday.services.messages.fields.others import name_service
from quarterday.services.messages.queue_message import queue_message
from quarterday.services.messages.queue_rules import has_reader
from quarterday.services.tasks.open_task import open_task
from quarterday.store.models import Message, Subscription
from quarterday.store.queries.dunning_cases import AccountCase, Case, name_occasion


def tell_customer(
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
    row, template = account.account, due.step.template
    named = list(services) or case.subscriptions
    data = {
        "about": [one.public_id for one in named],
        "service": {
            "name": ", ".join(name_service(one) for one in named),
            "on": account.day.isoformat(),
            "day": account.day.isoformat(),
        },
    }
    occasion = name_occasion(account.day)
    queue_message(
        kind=template,
        account=row,
        subject=case.invoice.public_id,
        occasion=occasion,
        now=now,
        data=data,
    )
    found = Message.objects.filter(
        kind=template, subject=case.invoice.public_id, occasion=occasion, recipient=""
    )
    message = found.values_list("public_id", flat=True).first()
    if message is None and not has_reader(row.id, template):
        open_task(
            seller=row.seller,
            key=f"nobody to remind {row.public_id}",
            kind="contact",
            title=f"{row.name} ({row}) has nobody who gets reminders",
            text="Add a contact: what is unpaid has its consequences all the same.",
            subject=row.public_id,
            account=row,
            due_on=account.day,
            now=now,
            actor=actor,
        )
    return message or ""
