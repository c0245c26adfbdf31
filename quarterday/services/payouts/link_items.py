"""Say which of our payments, refunds and disputes the parts of a payout are."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.db.models import QuerySet

from quarterday.services.accounts.claim_row import claim_row
from quarterday.services.disputes.open_dispute import complete_dispute
from quarterday.store.models import (
    Dispute,
    PaymentAttempt,
    Payout,
    PayoutItem,
    PayoutItemKind,
    RefundAttempt,
)


def link_items(payout: Payout, *, today: date) -> int:
    """How many parts were linked now; those that nobody knows yet are tried again by the sweep.

    What a part says that its dispute costs is booked with the dispute, unless that was told.
    """
    rows: QuerySet[PayoutItem] = payout.items.filter(payment=None, refund=None, dispute=None)
    found = list(rows.exclude(reference=""))
    linked = 0
    for kind, column, keys in (
        (PayoutItemKind.PAYMENT, "payment_id", _find_payments(payout, found)),
        (PayoutItemKind.REFUND, "refund_id", _find_refunds(payout, found)),
        (PayoutItemKind.DISPUTE, "dispute_id", _find_disputes(payout, found)),
    ):
        for item in found:
            if item.kind == kind and item.reference in keys:
                linked += rows.filter(id=item.id).update(**{column: keys[item.reference]})
    _book_fees(payout, today)
    return linked


def _book_fees(payout: Payout, today: date) -> None:
    rows = payout.items.filter(kind=PayoutItemKind.DISPUTE, fee_minor__gt=0)
    for item in rows.filter(dispute__fee_minor=0).select_related("dispute"):
        if item.dispute is not None:
            with transaction.atomic():
                account, dispute = claim_row(item.dispute)
                complete_dispute(account, dispute, item.fee_minor, None, today)


def _names(items: list[PayoutItem], kind: PayoutItemKind) -> list[str]:
    return [one.reference for one in items if one.kind == kind]


def _find_payments(payout: Payout, items: list[PayoutItem]) -> dict[str, int]:
    rows = PaymentAttempt.objects.filter(
        gateway=payout.gateway,
        gateway_reference__in=_names(items, PayoutItemKind.PAYMENT),
        account__seller=payout.seller_id,
        payment__isnull=False,
    )
    return {name: key for name, key in rows.values_list("gateway_reference", "payment_id") if key}


def _find_refunds(payout: Payout, items: list[PayoutItem]) -> dict[str, int]:
    rows = RefundAttempt.objects.filter(
        gateway=payout.gateway,
        gateway_reference__in=_names(items, PayoutItemKind.REFUND),
        refund__account__seller=payout.seller_id,
    )
    return dict(rows.values_list("gateway_reference", "refund_id"))


def _find_disputes(payout: Payout, items: list[PayoutItem]) -> dict[str, int]:
    rows = Dispute.objects.filter(
        gateway=payout.gateway,
        reference__in=_names(items, PayoutItemKind.DISPUTE),
        account__seller=payout.seller_id,
    )
    return dict(rows.values_list("reference", "id"))
