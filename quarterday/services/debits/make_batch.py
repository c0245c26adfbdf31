"""Put the debits that are due into a file for the bank."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction

from quarterday.core.errors import BillingError
from quarterday.core.sepa import clean_sepa_text
from quarterday.core.target_days import add_target_days, next_target_day
from quarterday.services.debits.clear_needless import clear_needless
from quarterday.services.debits.plan_orders import list_history, make_order, set_sequences
from quarterday.services.debits.vault import seal
from quarterday.services.debits.write_pain import Creditor, write_pain
from quarterday.services.events.record_event import record_event
from quarterday.store.models import (
    AttemptStatus,
    Debit,
    DebitBatch,
    MandateScheme,
    MandateStatus,
    PaymentAttempt,
    Seller,
)
from quarterday.store.queries.paying import read_config

CODE = "sepa_debit"
_AHEAD = 3
_LONGEST_NAME = 28


def make_batch(
    *,
    seller: Seller,
    today: date,
    now: datetime,
    scheme: MandateScheme = MandateScheme.CORE,
    through: date | None = None,
    name: str = "",
    actor: str = "system",
) -> DebitBatch | None:
    """A file of the debits that are to be collected through a day; None when there are none.

    A debit is in one file at most, whoever makes them at the same moment, until the file is
    dropped. ``name`` is the file's own: asked again, the same file is answered. Days that the
    bank can no longer keep are moved to the first that it can. Raises `BillingError` for settings
    with which no bank would take it.
    """
    if name and clean_sepa_text(name, _LONGEST_NAME) != name:
        raise BillingError(
            f"{name!r} cannot name a file at banks; use at most {_LONGEST_NAME} letters, digits "
            "and /-?:().,'+"
        )
    clear_needless(seller=seller, today=today, now=now, actor=actor)
    config = read_config(seller, CODE)
    lead_days = int(config.get("lead_days", "2"))
    earliest = add_target_days(today, lead_days)
    last = through or add_target_days(today, lead_days + _AHEAD)
    with transaction.atomic():
        # One file of a seller at a time, so that their names are counted on.
        Seller.objects.select_for_update(no_key=True).get(id=seller.id)
        if name and (known := DebitBatch.objects.filter(seller=seller, message_id=name).first()):
            return known
        debits = _claim(seller, scheme, last)
        if not debits:
            return None
        message_id = name or _next_name(seller, scheme, today)
        _plan(debits, message_id, earliest, config.get("use_first", "yes") == "yes")
        return _write(seller, config, scheme, debits, message_id, now, actor)


def _claim(seller: Seller, scheme: MandateScheme, last: date) -> list[Debit]:
    """Due debits that are in no file, locked: nobody else can take or end them meanwhile."""
    rows = Debit.objects.select_for_update(of=("self", "attempt"))
    rows = rows.select_related("attempt__account", "mandate").filter(
        seller=seller,
        batch=None,
        collect_on__lte=last,
        attempt__status=AttemptStatus.PENDING,
        mandate__scheme=scheme,
        mandate__status=MandateStatus.ACTIVE,
    )
    return list(rows.order_by("collect_on", "id"))


def _next_name(seller: Seller, scheme: MandateScheme, today: date) -> str:
    head = f"QD{today:%Y%m%d}-{scheme}-"
    count = DebitBatch.objects.filter(seller=seller, message_id__startswith=head).count()
    return f"{head}{count + 1:03d}"


def _plan(debits: Sequence[Debit], message_id: str, earliest: date, use_first: bool) -> None:
    """Day, sequence and group of each; what has one day and one sequence is one sum."""
    for debit in debits:
        debit.collect_on = max(next_target_day(debit.collect_on), earliest)
    set_sequences(debits, list_history(debits), use_first=use_first)
    groups = sorted({(one.collect_on, one.sequence) for one in debits})
    for debit in debits:
        number = groups.index((debit.collect_on, debit.sequence)) + 1
        debit.payment_group = f"{message_id}-{number}"


def _write(
    seller: Seller,
    config: dict[str, str],
    scheme: MandateScheme,
    debits: list[Debit],
    message_id: str,
    now: datetime,
    actor: str,
) -> DebitBatch:
    creditor = Creditor(
        name=config.get("holder", ""),
        iban=config.get("iban", "").replace(" ", ""),
        bic=config.get("bic", "").replace(" ", ""),
        creditor_id=config.get("creditor_id", "").replace(" ", ""),
        scheme=str(scheme),
        format=config.get("format", "pain.008.001.02"),
    )
    orders = [make_order(one) for one in debits]
    batch = DebitBatch(
        seller=seller,
        message_id=message_id,
        currency="EUR",
        count=len(debits),
        total_minor=sum(one.amount_minor for one in orders),
        made_at=now,
        actor=actor,
    )
    # The file names accounts, so it is sealed as they are.
    batch.content = seal(write_pain(creditor, orders, message_id, now), owner=batch.public_id)
    batch.save(force_insert=True)
    for debit in debits:
        debit.batch = batch
    Debit.objects.bulk_update(debits, ["batch", "payment_group", "sequence", "collect_on"], 500)
    _tell_days(debits)
    data: dict[str, Any] = {"message_id": message_id, "count": batch.count}
    record_event(
        kind="debit_batch.made",
        subject=batch.public_id,
        seller_id=seller.id,
        account_id=None,
        actor=actor,
        now=now,
        data=data | {"total_minor": batch.total_minor, "currency": batch.currency},
    )
    return batch


def _tell_days(debits: Sequence[Debit]) -> None:
    """The payer sees the day on which it is really collected."""
    moved = []
    for debit in debits:
        attempt, day = debit.attempt, debit.collect_on.isoformat()
        if attempt.data.get("expected_on") != day:
            attempt.data = {**attempt.data, "expected_on": day}
            moved.append(attempt)
    PaymentAttempt.objects.bulk_update(moved, ["data"], 500)
