"""Write down what is to be collected by a mandate, and tell the payer."""

from __future__ import annotations

from datetime import date, datetime

from quarterday.core.period import local_date
from quarterday.core.sepa import expires_on, make_end_to_end_id
from quarterday.services.messages.queue_message import queue_message
from quarterday.store.models import Account, Debit, Mandate, MandateStatus, PaymentAttempt
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

    The payer is told amount and day, at once and once, unless the seller's invoices say them.
    """
    is_told = read_config(account.seller, attempt.gateway).get("announce", "mail") == "mail"
    debit, is_new = Debit.objects.get_or_create(
        attempt=attempt,
        defaults={
            "seller": account.seller,
            "mandate": mandate,
            "end_to_end_id": make_end_to_end_id(attempt.public_id),
            "collect_on": collect_on,
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
