"""Load what came in and what was given: payments, credit, single charges. Each counts once."""

from __future__ import annotations

from typing import Any

from quarterday.core.errors import BillingError
from quarterday.core.limits import check_minor
from quarterday.core.loading.record import Record
from quarterday.core.money import currency, parse_minor
from quarterday.services.credit.grant_credit import grant_credit
from quarterday.services.imports.context import Context
from quarterday.services.imports.report import Outcome
from quarterday.services.payments.record_payment import record_payment
from quarterday.services.subscriptions.add_charge import add_charge
from quarterday.store.models import Account, CreditGrant, Payment, PendingCharge


def load_payment(record: Record, context: Context) -> Outcome:
    """Record a payment; it settles the oldest invoices first."""
    seller, account = context.seller(record), context.account(record)
    is_new = not Payment.objects.filter(account=account, external_id=_name(record)).exists()
    record_payment(
        account=account,
        amount_minor=_amount(record, account),
        today=context.today(seller),
        **_rest(record, "received_on", "method", "reference", "external_id"),
        now=context.now,
        actor=context.actor,
    )
    return Outcome.CREATED if is_new else Outcome.UNCHANGED


def load_credit(record: Record, context: Context) -> Outcome:
    """Grant credit as of the day on which it was given."""
    seller, account = context.seller(record), context.account(record)
    granted_on, today = record.values["granted_on"], context.today(seller)
    if granted_on > today:
        raise record.refuse("granted_on", f"that is later than today, {today}", "load it then")
    is_new = not CreditGrant.objects.filter(account=account, external_id=_name(record)).exists()
    grant_credit(
        account=account,
        amount_minor=_amount(record, account),
        today=granted_on,
        **_rest(record, "kind", "method", "expires_on", "priority", "reason", "external_id"),
        now=context.now,
        actor=context.actor,
    )
    return Outcome.CREATED if is_new else Outcome.UNCHANGED


def load_charge(record: Record, context: Context) -> Outcome:
    """Put a single charge on the next invoice, or on that of the day it names."""
    seller, account = context.seller(record), context.account(record)
    is_new = not PendingCharge.objects.filter(account=account, external_id=_name(record)).exists()
    add_charge(
        account_id=account.id,
        product=context.product(record),
        amount_minor=_amount(record, account),
        today=record.values.get("bill_on", context.today(seller)),
        **_rest(record, "description", "tax_inclusive", "external_id"),
        now=context.now,
        actor=context.actor,
    )
    return Outcome.CREATED if is_new else Outcome.UNCHANGED


def _name(record: Record) -> str:
    return str(record.values["external_id"])


def _rest(record: Record, *names: str) -> dict[str, Any]:
    return {name: record.values[name] for name in names if name in record.values}


def _amount(record: Record, account: Account) -> int:
    try:
        minor = parse_minor(str(record.values["amount"]), currency(account.currency))
    except BillingError:
        unit = currency(account.currency)
        raise record.refuse(
            "amount",
            f"{unit} has {unit.exponent} decimals, this amount has more",
            "round it in the file",
        ) from None
    try:
        return check_minor(minor)
    except BillingError as error:
        raise record.refuse("amount", *str(error).split("; ")) from None
