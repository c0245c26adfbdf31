"""Settle an invoice from grants, in order of use (rule 13)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from quarterday.core.allocation import draw_credits
from quarterday.core.ledger import apply_credit as post_use
from quarterday.services.credit.find_needs import to_usable
from quarterday.services.credit.move_grant import move_grant
from quarterday.services.credit.release_advance import release_advance
from quarterday.services.invoicing.settle_invoice import settle_invoice
from quarterday.services.ledger.post_entry import post_entry
from quarterday.store.models import Allocation, CreditGrant, Invoice


def use_credit(
    invoice: Invoice,
    grants: Sequence[CreditGrant],
    need_minor: int,
    *,
    on: date,
    now: datetime,
) -> list[Allocation]:
    """Draw at most ``need_minor`` from the grants that are usable on a day; what was settled.

    A grant with a scope pays for its part of the invoice alone. For services that hold the
    transaction and the account.
    """
    by_key = {grant.id: grant for grant in grants if grant.currency == invoice.currency}
    usable, needs = to_usable(invoice, list(by_key.values()))
    return [
        _draw(invoice, by_key[int(draw.key)], draw.amount_minor, on, now)
        for draw in draw_credits(min(need_minor, invoice.open_minor), usable, on, needs)
    ]


def _draw(
    invoice: Invoice, grant: CreditGrant, amount_minor: int, on: date, now: datetime
) -> Allocation:
    move_grant(grant, -amount_minor)
    allocation = settle_invoice(invoice, amount_minor, on=on, now=now, grant=grant)
    entry = post_use(
        on=on,
        reference=invoice.label,
        account=invoice.account_id,
        currency=invoice.currency,
        amount_minor=amount_minor,
    )
    post_entry(entry, seller_id=invoice.seller_id, source=allocation.public_id)
    release_advance(grant, amount_minor, on=on, now=now)
    return allocation


def open_grants(account_id: int) -> list[CreditGrant]:
    """The grants of an account with something left, the oldest first."""
    return list(CreditGrant.objects.filter(account_id=account_id, open_minor__gt=0).order_by("id"))
