"""Load a file: set up what the mapping says, then batch after batch of its rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

from django.db import transaction

from quarterday.core.errors import BillingError
from quarterday.core.loading.mapping import Mapping as ColumnMapping
from quarterday.core.loading.mapping import parse_mapping
from quarterday.ports.importer import read_source
from quarterday.services.imports.context import Context
from quarterday.services.imports.load_rows import load_batch, load_record
from quarterday.services.imports.read_rows import LoadRow, read_rows
from quarterday.services.imports.report import LoadReport
from quarterday.services.messages.queue_rules import keep_silent

_BATCH = 500

Progress = Callable[[int], None]


def load_file(
    path: Path,
    *,
    now: datetime,
    mapping: Mapping[str, Any] | None = None,
    strict: bool = False,
    dry_run: bool = False,
    actor: str = "load",
    progress: Progress = lambda rows: None,
) -> LoadReport:
    """Load a file by a mapping (as data), or in the native format without one.

    Known things are found by their external ids and codes, so loading again changes only what
    has changed. A bad row is refused alone; with ``strict`` one bad row keeps all others out too.
    A dry run does everything and takes it back. ``progress`` is told how many rows each batch
    had. Raises `BillingError` when the mapping or the file as a whole cannot be used.
    """
    columns = None if mapping is None else parse_mapping(mapping)
    rows = read_rows(
        read_source(path, {"format": "jsonl"} if columns is None else columns.source),
        path.name,
        columns,
    )
    context, report = Context(now, actor), LoadReport()
    # What a file tells happened elsewhere, where customers were told of it.
    with keep_silent():
        _load_all(rows, columns, context, report, progress, strict or dry_run, dry_run)
    return report


def _load_all(
    rows: Iterator[LoadRow],
    columns: ColumnMapping | None,
    context: Context,
    report: LoadReport,
    progress: Progress,
    together: bool,
    dry_run: bool,
) -> None:
    if not together:
        _load(rows, columns, context, report, progress)
        return
    with transaction.atomic():
        _load(rows, columns, context, report, progress)
        report.is_kept = not (dry_run or report.refused)
        if not report.is_kept:
            transaction.set_rollback(True)


def _load(
    rows: Iterator[LoadRow],
    columns: ColumnMapping | None,
    context: Context,
    report: LoadReport,
    progress: Progress,
) -> None:
    if columns is not None:
        _set_up(columns, context, report)
    while batch := list(islice(rows, _BATCH)):
        load_batch(batch, context, report)
        progress(len(batch))


def _set_up(columns: ColumnMapping, context: Context, report: LoadReport) -> None:
    """The seller and the catalogue of a mapping, all of it or nothing."""
    with transaction.atomic():
        for record in columns.setup:
            try:
                outcome = load_record(record, context)
            except BillingError as error:
                name = record.values.get("code", "")
                raise BillingError(f"the mapping's {record.type} {name}: {error}") from None
            report.records[record.type, outcome] += 1
