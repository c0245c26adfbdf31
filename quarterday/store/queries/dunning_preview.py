"""What will be done about everything that is unpaid, account by account."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice

from quarterday.store.models import Account, Dunning, DunningStep, Invoice, Seller
from quarterday.store.queries.collecting_due import iterate_owing
from quarterday.store.queries.dunning import TimelineEntry, list_coming
from quarterday.store.queries.dunning_cases import load_cases

_BATCH = 200


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What will be done about one open invoice: ``coming``, or why nothing is, in ``reason``."""

    account: Account
    invoice: Invoice
    due_on: date
    policy: str
    level: str
    coming: tuple[TimelineEntry, ...]
    reason: str


def foresee_dunning(
    seller: Seller, *, today: date, now: datetime, account: Account | None = None
) -> Iterator[Foreseen]:
    """Every open invoice of a seller, or of one account, with flat memory; by the account's key."""
    owing = iterate_owing(seller, account)
    while batch := list(islice(owing, _BATCH)):
        for found in load_cases(seller, [one.id for one in batch], today=today, now=now):
            for case in found.cases:
                coming = () if case.policy is None else tuple(list_coming(found, case))
                reason = case.pause.reason if case.pause else ""
                if case.policy is None:
                    reason = "no policy" if case.code == "none" else f"no policy {case.code!r}"
                yield Foreseen(
                    account=found.account,
                    invoice=case.invoice,
                    due_on=case.due_on,
                    policy=case.code,
                    level=case.level,
                    coming=coming,
                    reason=reason or ("" if coming else "all steps were taken"),
                )


def list_handed_over(seller: Seller) -> list[tuple[DunningStep, Dunning]]:
    """Invoices that were handed to collections and are still open, the first handed over first."""
    steps = DunningStep.objects.filter(
        action="collections", outcome="done", invoice__seller=seller, invoice__status="open"
    ).select_related("invoice__account")
    rows = {
        one.invoice_id: one
        for one in Dunning.objects.filter(invoice__in=[step.invoice_id for step in steps])
    }
    return [(step, rows[step.invoice_id]) for step in steps.order_by("taken_at", "id")]
