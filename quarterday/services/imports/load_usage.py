"""Load measurements, many at a time."""

from __future__ import annotations

from collections.abc import Sequence

from quarterday.core.loading.record import Record
from quarterday.services.imports.context import Context
from quarterday.services.imports.report import Outcome
from quarterday.services.usage.record_usage import UsageReport, record_usage
from quarterday.services.usage.usage_input import UsageInput


def load_usage(record: Record, context: Context) -> Outcome:
    """Record one measurement."""
    done = load_many_usage([record], context)
    if done.refused:
        bad = done.refused[0]
        raise record.refuse(bad.field, f"{bad.field} cannot be used", bad.remedy)
    return Outcome.CREATED if done.recorded else Outcome.UNCHANGED


def load_many_usage(records: Sequence[Record], context: Context) -> UsageReport:
    """Record measurements of one seller in one go; bad ones are in the report, by their place."""
    seller = context.seller(records[0])
    return record_usage(
        seller=seller,
        events=[_make_input(record) for record in records],
        now=context.now,
        actor=context.actor,
    )


def _make_input(record: Record) -> UsageInput:
    return UsageInput(**{key: value for key, value in record.values.items() if key != "seller"})
