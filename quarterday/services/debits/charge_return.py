"""Ask the customer for what the bank asks for a debit that came back through them."""

from __future__ import annotations

from datetime import date, datetime

from django.utils.translation import gettext, override

from quarterday.core.sepa_returns import ReturnReason
from quarterday.services.subscriptions.add_charge import add_charge
from quarterday.store.models import Account, AccountStatus, Debit, PendingCharge, Product
from quarterday.store.queries.paying import read_config

# The bank's and the seller's own faults; nobody else pays for them.
_OURS = "unavailable"


def charge_return(
    account: Account,
    debit: Debit,
    reason: ReturnReason,
    fee_minor: int,
    *,
    today: date,
    now: datetime,
    actor: str,
) -> PendingCharge | None:
    """The charge on the next invoice, once for a debit; None where the seller asks for none.

    Only what the bank asks, and only where the reason is the customer's. For services that hold
    the transaction and the account.
    """
    code = read_config(account.seller, debit.attempt.gateway).get("return_fee_product")
    if not (code and fee_minor > 0) or reason.decline == _OURS:
        return None
    product = Product.objects.filter(seller_id=account.seller_id, code=code).first()
    if product is None or account.status != AccountStatus.OPEN:
        return None
    external_id = f"return {debit.end_to_end_id}"
    known = PendingCharge.objects.filter(account=account, external_id=external_id).first()
    if known is not None:
        return known
    with override(account.language):
        text = gettext("Fee of the bank for a direct debit that came back")
    return add_charge(
        account_id=account.id,
        product=product,
        description=text,
        amount_minor=fee_minor,
        tax_inclusive=True,
        today=today,
        now=now,
        external_id=external_id,
        actor=actor,
    )
