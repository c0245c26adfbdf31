"""What the sandbox would pay out: it keeps nothing itself, so our own books say it."""

from __future__ import annotations

from django.db.models import F

from quarterday.core.money import divide_half_up
from quarterday.ports.outcomes import PayoutPart
from quarterday.store.models import Dispute, PaymentAttempt, PayoutItem, RefundAttempt, Seller

_GATEWAY = "sandbox"


def list_unpaid_parts(seller: Seller, currency: str, fee_permille: int) -> list[PayoutPart]:
    """Payments, refunds and disputes that are in no payout yet, with a fee of each payment."""
    items = PayoutItem.objects.filter(payout__seller=seller, payout__gateway=_GATEWAY)
    mine = {"gateway": _GATEWAY}
    payments = PaymentAttempt.objects.filter(
        **mine, account__seller=seller, currency=currency, payment__isnull=False
    ).exclude(payment_id__in=items.filter(payment__isnull=False).values("payment_id"))
    refunds = RefundAttempt.objects.filter(
        **mine, refund__account__seller=seller, refund__currency=currency, status="succeeded"
    ).exclude(refund_id__in=items.filter(refund__isnull=False).values("refund_id"))
    taken = items.filter(kind="dispute", gross_minor__lt=0).values("dispute_id")
    given = items.filter(kind="dispute", gross_minor__gt=0).values("dispute_id")
    disputes = Dispute.objects.filter(**mine, account__seller=seller, currency=currency)
    parts = [
        PayoutPart("payment", name, minor, divide_half_up(minor * fee_permille, 1000))
        for name, minor in payments.order_by("id").values_list(
            "gateway_reference", "payment__amount_minor"
        )
    ]
    parts += [
        PayoutPart("refund", name, -minor)
        for name, minor in refunds.order_by("id").values_list(
            "gateway_reference", "refund__amount_minor"
        )
    ]
    # The fee of a dispute was booked with the dispute.
    parts += [
        PayoutPart("dispute", name, -minor)
        for name, minor in disputes.exclude(id__in=taken)
        .order_by("id")
        .values_list("reference", F("amount_minor") + F("fee_minor"))
    ]
    parts += [
        PayoutPart("dispute", name, minor)
        for name, minor in disputes.filter(restored__isnull=False)
        .exclude(id__in=given)
        .order_by("id")
        .values_list("reference", "amount_minor")
    ]
    return parts
