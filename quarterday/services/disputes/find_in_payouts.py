"""A dispute in payouts that were told before it: what is its part, and what it cost."""

from __future__ import annotations

from quarterday.store.models import Account, Dispute, PayoutItem, PayoutItemKind


def link_payouts(account: Account, dispute: Dispute) -> int:
    """Link parts of payouts that are of a new dispute; what they say that it costs, or 0.

    For services that hold the transaction and the account.
    """
    rows = PayoutItem.objects.filter(
        payout__seller=account.seller_id,
        payout__gateway=dispute.gateway,
        kind=PayoutItemKind.DISPUTE,
        reference=dispute.reference,
    )
    rows.filter(dispute=None).update(dispute=dispute)
    return max((one.fee_minor for one in rows), default=0)
