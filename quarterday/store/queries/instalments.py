"""Invoices that are paid in parts: what is owed by a day, and since when one is overdue."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from quarterday.core.instalments import (
    InstalmentPolicy,
    Standing,
    oldest_open,
    owed_by,
    read_policy,
    stand,
)
from quarterday.core.lifecycle import InvoiceState
from quarterday.store.models import Account, InstalmentPlan, Invoice, Seller
from quarterday.store.queries.collecting import read_parts
from quarterday.store.queries.paying import read_brand


@dataclass(frozen=True, slots=True)
class PlanSheet:
    """A plan that holds, with how far each part is paid."""

    plan: InstalmentPlan
    standing: list[Standing]
    owed_minor: int


def read_instalment_policy(seller: Seller) -> InstalmentPolicy:
    """Whether payers may choose a plan themselves."""
    return read_policy(read_brand(seller).get("instalments", {}))


def read_plan(invoice: Invoice, today: date) -> PlanSheet | None:
    """The plan of an invoice; None where none holds."""
    plan = InstalmentPlan.objects.filter(invoice=invoice, ended_at=None).first()
    if plan is None:
        return None
    parts = read_parts([invoice.id])[invoice.id]
    open_minor = invoice.open_minor
    return PlanSheet(plan, stand(parts, open_minor), owed_by(parts, open_minor, today))


def has_plans(seller: Seller, currency: str) -> bool:
    """Whether any open invoice in a currency is paid in parts, so that its due date says little."""
    rows = InstalmentPlan.objects.filter(ended_at=None, invoice__status=InvoiceState.OPEN)
    return rows.filter(invoice__seller=seller, invoice__currency=currency).exists()


def find_due_days(invoices: Sequence[Invoice]) -> dict[int, date]:
    """By when each invoice has to be paid next: its oldest unpaid instalment, or its due date.

    Two queries for all. What reminds of invoices counts its days from here.
    """
    plans = read_parts([one.id for one in invoices])
    found = {}
    for one in invoices:
        part = oldest_open(plans.get(one.id, ()), one.open_minor)
        found[one.id] = part.due_on if part else one.due_on
    return found


def find_amounts(invoices: Sequence[Invoice], today: date) -> dict[int, int]:
    """What of each open invoice is to be paid now, in minor units: see `find_to_pay`, or all.

    Two queries for all.
    """
    plans = read_parts([one.id for one in invoices])
    found = {}
    for one in invoices:
        parts = plans.get(one.id, ())
        standing = stand(parts, one.open_minor)
        following = next((part.open_minor for part in standing if part.open_minor), 0)
        found[one.id] = owed_by(parts, one.open_minor, today) or following or one.open_minor
    return found


def correct_overdue(account: Account, today: date) -> int:
    """How much more (below zero: less) is overdue than the due dates of an account's invoices say,
    in minor units: where parts are agreed, their days count. Three queries.
    """
    rows = Invoice.objects.filter(account=account, status=InvoiceState.OPEN)
    agreed = rows.filter(id__in=InstalmentPlan.objects.filter(ended_at=None).values("invoice"))
    invoices = {one.id: one for one in agreed}
    late = today - timedelta(days=1)
    return sum(
        owed_by(parts, invoices[key].open_minor, late)
        - (invoices[key].open_minor if invoices[key].due_on < today else 0)
        for key, parts in read_parts(invoices).items()
    )


def find_to_pay(sheet: PlanSheet | None) -> int | None:
    """What of an invoice with a plan is to be paid now: what is owed, or else the next part.

    None without a plan: all of it.
    """
    if sheet is None:
        return None
    following = next((one.open_minor for one in sheet.standing if one.open_minor), 0)
    return sheet.owed_minor or following or None


def find_pay_by(sheet: PlanSheet | None) -> date | None:
    """The day of the oldest part that is not paid; None without a plan."""
    parts = sheet.standing if sheet is not None else []
    return next((one.part.due_on for one in parts if one.open_minor), None)


def may_choose_plan(invoice: Invoice, seller: Seller) -> bool:
    """Whether a payer may choose to pay an invoice in parts; once, and never a second time."""
    is_open = invoice.status == InvoiceState.OPEN
    policy = read_instalment_policy(seller)
    if not is_open or not policy.allows(invoice.open_minor, invoice.currency):
        return False
    return not InstalmentPlan.objects.filter(invoice=invoice).exists()
