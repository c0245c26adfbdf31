"""Load a batch of rows: every row wholly or not at all, and a bad one refuses itself alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from itertools import groupby

from django.db import DataError, IntegrityError, transaction

from quarterday.core.errors import BillingError
from quarterday.core.loading.problem import Problem
from quarterday.core.loading.record import Record
from quarterday.services.imports.context import Context
from quarterday.services.imports.load_catalog import (
    load_discount,
    load_meter,
    load_plan,
    load_price,
    load_product,
    load_seller,
    load_tax_rate,
)
from quarterday.services.imports.load_contracts import load_addon, load_subscription
from quarterday.services.imports.load_money import load_charge, load_credit, load_payment
from quarterday.services.imports.load_parties import load_account, load_contact
from quarterday.services.imports.load_shop import (
    load_brand,
    load_group,
    load_offer,
    load_provisioning,
)
from quarterday.services.imports.load_usage import load_many_usage, load_usage
from quarterday.services.imports.new_customers import group_rows, open_customers
from quarterday.services.imports.read_rows import LoadRow
from quarterday.services.imports.report import LoadReport, Outcome

LOADERS: Mapping[str, Callable[[Record, Context], Outcome]] = {
    "seller": load_seller,
    "brand": load_brand,
    "tax_rate": load_tax_rate,
    "product": load_product,
    "plan": load_plan,
    "meter": load_meter,
    "price": load_price,
    "discount": load_discount,
    "product_group": load_group,
    "offer": load_offer,
    "provisioning": load_provisioning,
    "account": load_account,
    "contact": load_contact,
    "subscription": load_subscription,
    "addon": load_addon,
    "charge": load_charge,
    "usage": load_usage,
    "payment": load_payment,
    "credit": load_credit,
}

# What became of a row: its records, or why it was refused.
Done = list[tuple[str, Outcome]] | list[Problem]


# What a row can be refused by: the rules, or else the constraints and types of the database.
_STOPPED = (BillingError, DataError, IntegrityError, OverflowError)


class _Refused(Exception):  # noqa: N818 - never leaves this module
    """A row was refused after others of its batch were written."""


def load_record(record: Record, context: Context) -> Outcome:
    """Load one record by the services of its type."""
    return LOADERS[record.type](record, context)


def load_batch(rows: Sequence[LoadRow], context: Context, report: LoadReport) -> None:
    """Load some rows in one transaction, and count them.

    Nearly always all of them are good, so each gets a savepoint of its own only when the batch
    has to be done again because one was refused.
    """
    try:
        with transaction.atomic():
            counts = _load(rows, context, is_careful=False)
    except _Refused:
        context.forget()
        with transaction.atomic():
            counts = _load(rows, context, is_careful=True)
    for count in counts:
        count(report)


Count = Callable[[LoadReport], None]


def _load(rows: Sequence[LoadRow], context: Context, *, is_careful: bool) -> list[Count]:
    """What to count when the batch stands; raises `_Refused` unless careful."""
    context.begin_batch(record for row in rows for record in row.records)
    counts: list[Count] = []
    for is_usage, some in groupby(rows, _is_usage):
        load = _load_usage if is_usage else _load_each if is_careful else _load_quickly
        counts += load(list(some), context, is_careful)
    return counts


def _load_quickly(rows: Sequence[LoadRow], context: Context, is_careful: bool) -> Iterator[Count]:
    """New customers many at a time, everything else record by record."""
    for is_quick, some in group_rows(rows, context):
        if not is_quick:
            yield from _load_each(some, context, is_careful)
            continue
        try:
            yield from [_count(found) for found in open_customers(some, context)]
        except _STOPPED:
            raise _Refused from None


def _load_each(rows: Sequence[LoadRow], context: Context, is_careful: bool) -> Iterator[Count]:
    for row in rows:
        if row.problems:
            yield _refuse(row.problems)
            continue
        try:
            with transaction.atomic() if is_careful else nullcontext():
                found = [(one.type, load_record(one, context)) for one in row.records]
        except _STOPPED as error:
            if not is_careful:
                raise _Refused from None
            context.forget()
            yield _refuse([row.explain(_in_words(error))])
        else:
            yield _count(found)


def _in_words(error: Exception) -> BillingError:
    """What refused a row; the database says which value, or that somebody else was faster."""
    if isinstance(error, BillingError):
        return error
    text = (str(error).strip() or type(error).__name__).splitlines()[0]
    if isinstance(error, IntegrityError):
        return BillingError(f"the database refuses it ({text}); load the file again")
    return BillingError(f"a value is too large to be kept ({text}); correct it")


def _is_usage(row: LoadRow) -> str:
    """The seller of a row that is one measurement and nothing else."""
    if len(row.records) == 1 and row.records[0].type == "usage":
        return f"usage of {row.records[0].values.get('seller', '')}"
    return ""


def _load_usage(rows: Sequence[LoadRow], context: Context, is_careful: bool) -> Iterator[Count]:
    """Many measurements at once, which is far faster than one by one."""
    records = [row.records[0] for row in rows]
    try:
        done = load_many_usage(records, context)
    except BillingError:
        # Not a single one can be placed, such as for an unknown seller: each says why itself.
        yield from _load_each(rows, context, is_careful)
        return
    refused = {one.index: one for one in done.refused}
    for index, bad in refused.items():
        error = records[index].refuse(bad.field, "this cannot be used", bad.remedy)
        yield _refuse([rows[index].explain(error)])
    yield from (_count([("usage", Outcome.CREATED)]) for _ in range(done.recorded))
    yield from (_count([("usage", Outcome.UNCHANGED)]) for _ in range(done.duplicates))


def _count(found: list[tuple[str, Outcome]]) -> Count:
    return lambda report: report.add_row(found)


def _refuse(problems: list[Problem]) -> Count:
    return lambda report: report.refuse_row(problems)
