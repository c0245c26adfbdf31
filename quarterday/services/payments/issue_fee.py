"""Issue the invoice for paying by a method that costs a fee."""

from __future__ import annotations

from datetime import date, datetime

from django.utils.translation import gettext, override

from quarterday.services.invoicing.catalog import Catalog
from quarterday.services.invoicing.draft_account import draft_account
from quarterday.services.invoicing.run_billing import load_states, make_usage
from quarterday.services.invoicing.write_batch import BatchWriter
from quarterday.services.subscriptions.add_charge import add_charge
from quarterday.services.subscriptions.set_due import set_due
from quarterday.store.models import Account, Invoice, PaymentAttempt, PendingCharge, Product


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
    return _issue(account, charge, today, now)


def _issue(account: Account, charge: PendingCharge, today: date, now: datetime) -> Invoice | None:
    catalog = Catalog()
    (state,) = load_states([account.id])
    state.items, state.pending = (), [one for one in state.pending if one.id == charge.id]
    drafts = draft_account(state, today, catalog, make_usage([state], catalog))
    drafts.drafts = [one._replace(due_on=today) for one in drafts.drafts]
    writer = BatchWriter(today, now, catalog)
    writer.write([drafts], {})
    set_due(account.id, catalog)
    keys = [row[0] for row in writer.rows.invoices]
    return Invoice.objects.filter(id__in=keys).first()
