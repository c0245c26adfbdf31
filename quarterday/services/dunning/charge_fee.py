"""Invoice a late fee for an overdue invoice, on an invoice of its own."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext, override

from quarterday.core.dunning import Due
from quarterday.core.errors import BillingError
from quarterday.services.invoicing.issue_charge import issue_charge
from quarterday.services.messages.queue_rules import keep_silent
from quarterday.services.subscriptions.add_charge import add_charge
from quarterday.store.models import Invoice, Product
from quarterday.store.queries.dunning_cases import AccountCase, Case
from quarterday.store.queries.dunning_plan import find_fee


def charge_fee(
    account: AccountCase, case: Case, due: Due, *, now: datetime, is_told: bool, actor: str
) -> tuple[Invoice | None, int]:
    """The open invoice for the fee of a step, and its amount; nothing and 0 where the cap is
    reached, or no fee is set in the account's currency.

    For services that hold the transaction and the account. It is charged once for the step,
    whatever happens. ``is_told`` says that another message of today tells of it, so that the
    invoice is not sent by itself. Raises `BillingError` where the seller has no product for it.
    """
    invoice, amount = case.invoice, find_fee(case, due, account.day)
    if not amount:
        return None, 0
    with override(account.account.language):
        text = gettext("Late fee for invoice %(number)s") % {"number": invoice.label}
    charge = add_charge(
        account_id=account.account.id,
        product=_find_product(account),
        description=text,
        amount_minor=amount,
        tax_inclusive=True,
        today=account.day,
        now=now,
        external_id=f"late fee {invoice.public_id} {due.key}{case.suffix}",
        actor=actor,
    )
    if is_told:
        with keep_silent():
            made = issue_charge(account.account, charge, today=account.day, now=now)
    else:
        made = issue_charge(account.account, charge, today=account.day, now=now)
    if made is None:
        raise BillingError(f"the late fee for invoice {invoice.label} could not be invoiced")
    return made, amount


def _find_product(account: AccountCase) -> Product:
    seller, code = account.account.seller, account.setup.fee_product
    product = Product.objects.filter(seller=seller, code=code).first()
    if product is None:
        raise BillingError(
            f"seller {seller} has no product {code!r} to invoice late fees as; publish it, or "
            "name another one as fee_product of dunning"
        )
    return product
