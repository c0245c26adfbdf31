"""Setup fees of items that never began: not charged, unless the item comes back."""

from __future__ import annotations

from quarterday.store.models import ChargeStatus, PendingCharge, SubscriptionItem

# Tells a fee that went with its item from one that somebody dropped by hand.
_WITH_ITEM = "dropped_with_item"


def drop_setup(item: SubscriptionItem) -> None:
    """Drop the setup fee of an item that ended on the day of its start, while it is not billed."""
    if item.end_on != item.start_on:
        return
    for charge in _find(item, ChargeStatus.PENDING):
        charge.explanation = {**charge.explanation, _WITH_ITEM: True}
        charge.status = ChargeStatus.VOID
        charge.save(update_fields=["explanation", "status"])


def restore_setup(item: SubscriptionItem) -> None:
    """Charge the setup fee after all that was dropped with an item."""
    for charge in _find(item, ChargeStatus.VOID):
        if charge.explanation.get(_WITH_ITEM):
            charge.explanation = {
                name: value for name, value in charge.explanation.items() if name != _WITH_ITEM
            }
            charge.status = ChargeStatus.PENDING
            charge.save(update_fields=["explanation", "status"])


def _find(item: SubscriptionItem, status: ChargeStatus) -> list[PendingCharge]:
    rows = PendingCharge.objects.filter(account_id=item.account_id, item=item, kind="setup")
    return list(rows.filter(status=status))
