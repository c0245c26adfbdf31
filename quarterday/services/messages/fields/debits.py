"""Debits as messages announce them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from quarterday.core.message import InFull
from quarterday.services.errors import NotFound
from quarterday.services.messages.fields.source import Source
from quarterday.store.models import Debit, Invoice, PaymentAttempt
from quarterday.store.queries.paying import read_config


def load_debit(source: Source) -> Mapping[str, Any]:
    """The debit of the attempt that a message names, and who collects it by which mandate."""
    attempt = source.read(PaymentAttempt, "att")
    rows = Debit.objects.select_related("mandate__account__seller")
    debit = rows.filter(attempt=attempt).first() if attempt else None
    if attempt is None or debit is None:
        raise NotFound("the message names no debit")
    config = read_config(debit.mandate.account.seller, attempt.gateway)
    labels = dict(
        Invoice.objects.filter(
            account=attempt.account_id, public_id__in=attempt.invoices
        ).values_list("public_id", "label")
    )
    return {
        "amount": source.exact(attempt.amount_minor, attempt.currency),
        "collect_on": debit.collect_on,
        "collect_day": InFull(debit.collect_on),
        "account": f"IBAN •••• {debit.mandate.last_digits}",
        "mandate": debit.mandate.reference,
        "creditor": config.get("holder", ""),
        "creditor_id": config.get("creditor_id", ""),
        "invoices": ", ".join(labels[name] for name in attempt.invoices if name in labels),
    }
