"""Say which of our payments, refunds and disputes the parts of a payout are."""

from __future__ import annotations

from django.db.models import QuerySet

from quarterday.store.models import (
    Dispute,
    PaymentAttempt,
    Payout,
    PayoutItem,
    PayoutItemKind,
    RefundAttempt,
)


def link_items(payout: Payout) -> int:
    """How many parts were linked now; those that nobody knows yet are tried again by the sweep."""
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
    return linked


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
