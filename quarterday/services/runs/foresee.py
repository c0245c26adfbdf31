"""A preview of a billing run: every account that it would bill, beside its last bill.

It drafts with the very code of the run and writes what it found account by account, so that a
page can show any part of it. Several workers or a crash change nothing: each batch of accounts is
written together with how far the preview is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date

from django.db import transaction

from quarterday.core.period import add_months
from quarterday.services.invoicing.catalog import Catalog
from quarterday.services.runs.compare_bills import compare_bills
from quarterday.services.runs.work import RunWork, add_counts
from quarterday.store.models import Foreseen, RunForecast, RunKind, ScheduledRun
from quarterday.store.queries.billing import DueRow, count_due, find_due
from quarterday.store.queries.last_bills import find_gone
from quarterday.store.queries.scope import Scope

_TOGETHER = 1000


def foresee(work: RunWork) -> None:
    """Foresee the run of the day that the scope names, of all accounts that are due by then."""
    run, on = work.run, date.fromisoformat(work.run.scope["on"])
    sellers, catalog = [run.seller_id], Catalog()
    work.total = run.total or count_due(on, Scope(None, sellers))
    after = _read_after(work)
    while rows := find_due(on, after, _TOGETHER, sellers=sellers):
        _write(work, compare_bills(rows, on, catalog), after := rows[-1])
    _add_gone(work, on)
    _finish(work, on)


def _read_after(work: RunWork) -> DueRow | None:
    """Where the worker before came to."""
    after = work.summary.get("after")
    return None if after is None else DueRow(date.fromisoformat(after[0]), int(after[1]))


def _write(work: RunWork, found: Sequence[Foreseen], after: DueRow) -> None:
    invoiced: Counter[str] = Counter()
    last: Counter[str] = Counter()
    changes: Counter[str] = Counter()
    documents = 0
    for one in found:
        one.run = work.run
        changes[one.change] += 1
        if one.change != "blocked":
            invoiced[one.currency] += one.total_minor
            documents += one.documents
            last[one.currency] += one.last_minor or 0
    summary = add_counts(
        work.summary,
        {"accounts": len(found), "documents": documents},
        {"invoiced": invoiced, "last": last, "changes": changes},
    )
    summary["after"] = [after.bill_on.isoformat(), after.account_id]
    with transaction.atomic():
        Foreseen.objects.bulk_create(found, batch_size=500)
        work.beat(work.done + len(found), summary)
    work.keep()


def _add_gone(work: RunWork, on: date) -> None:
    """Those that were billed on this day a month ago, and are not due now."""
    if "gone" in work.summary:
        return
    rows = [
        Foreseen(
            run=work.run,
            account_id=one.account_id,
            currency=one.currency,
            documents=0,
            total_minor=0,
            last_minor=one.total_minor,
            size_minor=one.total_minor,
            change="gone",
            reason="on hold" if one.is_held else "nothing is left to bill",
        )
        for one in find_gone(work.run.seller_id, then=add_months(on, -1), on=on)
    ]
    with transaction.atomic():
        # A late change may have made one due that was foreseen as well; that stands.
        Foreseen.objects.bulk_create(rows, batch_size=500, ignore_conflicts=True)
        work.beat(work.done, work.summary | {"gone": len(rows)})
    work.keep()


def _finish(work: RunWork, on: date) -> None:
    """Keep the figures for the day, and let the previews before it go."""
    run, kept = work.run, {"run": work.run.public_id} | work.summary
    with transaction.atomic():
        work.beat(work.done, work.summary)
        RunForecast.objects.update_or_create(
            seller=run.seller, day=on, defaults={"made_at": work.clock(), "data": kept}
        )
        older = ScheduledRun.objects.filter(
            seller=run.seller_id, kind=RunKind.PREVIEW, id__lt=run.id
        )
        Foreseen.objects.filter(run__in=older).delete()
    work.keep()
