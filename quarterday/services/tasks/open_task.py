"""Leave something for the staff to do, once."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from quarterday.services.errors import NotFound
from quarterday.services.events.record_event import record_event
from quarterday.services.inputs import check_text
from quarterday.store.models import Account, Seller, Task, User


def open_task(
    *,
    seller: Seller,
    key: str,
    kind: str,
    title: str,
    now: datetime,
    text: str = "",
    subject: str = "",
    account: Account | None = None,
    due_on: date | None = None,
    assigned_to: User | None = None,
    actor: str = "system",
) -> Task:
    """The task of an occasion; the one that is there when it was opened before, closed or not.

    ``key`` names the occasion among the seller's tasks, ``kind`` what sort of task it is (one
    word), and ``subject`` the public id of what it is about. Call it within the transaction that
    makes it necessary, or outside of any.
    """
    if account is not None and account.seller_id != seller.id:
        raise NotFound(f"seller {seller} has no account {account}")
    with transaction.atomic():
        task, is_new = Task.objects.get_or_create(
            seller=seller,
            key=check_text(key, "key", 120),
            defaults={
                "account": account,
                "kind": check_text(kind, "kind", 32),
                "title": check_text(title, "title"),
                "text": text.strip(),
                "subject": subject,
                "due_on": due_on,
                "assigned_to": assigned_to,
                "created_at": now,
            },
        )
        if is_new:
            record_event(
                kind="task.opened",
                subject=task.public_id,
                seller_id=seller.id,
                account_id=account.id if account is not None else None,
                actor=actor,
                now=now,
                data={"kind": task.kind, "title": task.title, "about": subject},
            )
    return task
