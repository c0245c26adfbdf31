"""Issue the invoice for paying by a method that costs a fee."""

from __future__ import annotations

from datetime import date, datetime

from django.utils.translation import gettext, override

from quarterday.services.invoicing.issue_charge import issue_charge
from quarterday.services.subscriptions.add_charge import add_charge
from quarterday.store.models import Account, Invoice, PaymentAttempt, Product


def issue_fee(
    account: Account, attempt: PaymentAttempt, *, today: date, now: datetime, actor: str
) -> Invoice | None:
    """The open invoice for an attempt's fee, due at once; None where it has none, or has it.

    For services that hold the transaction and the account. Nothing else that is due of the account
    comes on it, and no credit is used for it: the payment that made it settles it.
    """
    if not attempt.fee_minor:
        return None
    code = attempt.data["fee_product"]
    product = Product.objects.get(seller_id=account.seller_id, code=code)
    with override(account.language):
        text = gettext("Fee for this way to pay")
    charge = add_charge(
        account_id=account.id,
        product=product,
        description=text,
        amount_minor=attempt.fee_minor,
        tax_inclusive=True,
        today=today,
        now=now,
        external_id=f"fee {attempt.public_id}",
        actor=actor,
    )
    if charge.status != "pending":
        return None
    return issue_charge(account, charge, today=today, now=now)
