"""Write down what is to be collected by a mandate, and tell the payer."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from quarterday.core.period import local_date
from quarterday.core.sepa import expires_on, make_end_to_end_id
from quarterday.core.target_days import next_target_day
from quarterday.services.messages.queue_message import queue_message
from quarterday.store.models import Account, Debit, Invoice, Mandate, MandateStatus, PaymentAttempt
from quarterday.store.queries.collecting import read_account_settings
from quarterday.store.queries.paying import read_config


def may_debit(mandate: Mandate, collect_on: date) -> bool:
    """Whether a mandate can still be used on a day."""
    if mandate.status != MandateStatus.ACTIVE:
        return False
    return collect_on < expires_on(mandate.signed_on, mandate.last_used_on)


def make_debit(
    account: Account,
    attempt: PaymentAttempt,
    mandate: Mandate,
    *,
    collect_on: date,
    now: datetime,
) -> Debit:
    """The debit of an attempt, once; for services that hold the transaction and the account.

    With nobody there, nothing is collected before the seller collects what is due then. The payer
    is told amount and day, at once and once, unless the seller's invoices say them.
    """
    is_told = read_config(account.seller, attempt.gateway).get("announce", "mail") == "mail"
    debit, is_new = Debit.objects.get_or_create(
        attempt=attempt,
        defaults={
            "seller": account.seller,
            "mandate": mandate,
            "end_to_end_id": make_end_to_end_id(attempt.public_id),
            "collect_on": max(collect_on, _find_first_day(account, attempt)),
            "announced_on": local_date(now, account.seller.time_zone) if is_told else None,
        },
    )
    if is_new and is_told:
        queue_message(
            kind="debit_announced",
            account=account,
            subject=attempt.public_id,
            occasion=debit.end_to_end_id,
            now=now,
        )
    return debit


def _find_first_day(account: Account, attempt: PaymentAttempt) -> date:
    """The day on which the first of its invoices may be collected, if it was begun by itself."""
    rows = Invoice.objects.filter(account=account, public_id__in=attempt.invoices)
    due_on = rows.order_by("due_on").values_list("due_on", flat=True).first()
    if due_on is None or not attempt.is_automatic:
        return date.min
    before = read_account_settings(account).collect_days_before
    return next_target_day(due_on - timedelta(days=before))
