"""Go on charging an invoice by itself, after it was stopped, given up, or paid and taken back."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction

from quarterday.core.lifecycle import InvoiceState
from quarterday.services.accounts.claim_row import claim_row
from quarterday.services.errors import Conflict
from quarterday.services.events.record_event import record_event
from quarterday.store.models import Collection, CollectionStatus, Invoice, PaymentAttempt
from quarterday.store.queries.collecting import find_next, foresee

_AT_WORK = (CollectionStatus.CHARGING, CollectionStatus.ACTION, CollectionStatus.WAITING)


def resume_collection(
    *,
    invoice: Invoice,
    today: date,
    now: datetime,
    code: str = "",
    attempt: PaymentAttempt | None = None,
    actor: str = "system",
) -> Collection:
    """The collection that goes on: from the beginning, with the tries of before forgotten.

    With ``code``, why a bank took back what an ``attempt`` had brought, it goes on as if the
    attempt had been declined for that: on a payday, with another method, or not at all. Raises
    `Conflict` for an invoice that is not open.
    """
    with transaction.atomic():
        account, invoice = claim_row(invoice)
        if invoice.status != InvoiceState.OPEN:
            raise Conflict(f"invoice {invoice.label} is {invoice.status}; nothing is to collect")
        row, _ = Collection.objects.get_or_create(
            invoice=invoice, defaults={"account": account, "next_on": today}
        )
        if row.status in _AT_WORK and not code:
            return row
        row.status, row.data = CollectionStatus.WAITING, _start_over(row, code, attempt, today)
        row.save(update_fields=["status", "data"])
        (one,) = foresee(account, today, [invoice])
        row.status, row.next_on = find_next(one, today)
        row.reason = str(one.block or one.plan.reason)
        row.save(update_fields=["status", "next_on", "reason"])
        record_event(
            kind="collection.resumed",
            subject=invoice.public_id,
            seller_id=account.seller_id,
            account_id=account.id,
            actor=actor,
            now=now,
        )
    return row


def _start_over(
    row: Collection, code: str, attempt: PaymentAttempt | None, today: date
) -> dict[str, Any]:
    data = {name: row.data[name] for name in ("tries", "past", "part") if name in row.data}
    if not code:
        data["past"] = [*data.get("past", ()), *data.pop("tries", ())]
        return data
    named = attempt.public_id if attempt else ""
    tries = [one for one in data.get("tries", ()) if not named or one["attempt"] != named]
    method = attempt.method.public_id if attempt and attempt.method else ""
    said = {"on": today.isoformat(), "attempt": named, "method": method, "code": code}
    part = {"part": data["part"]} if data.get("part") else {}
    data["tries"] = [*tries, said | part]
    return data
