"""Give the tax of an advance back as its credit goes, so that tax is due exactly once."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime

from django.db.models import Sum
from django.utils.translation import gettext, override

from quarterday.core.errors import BillingError
from quarterday.core.ledger.advances import post_advance_credit
from quarterday.services.events.record_event import record_event
from quarterday.services.invoicing.credit_lines import choose_lines
from quarterday.services.invoicing.draft_note import draft_note
from quarterday.services.invoicing.write_note import write_note
from quarterday.services.ledger.post_entry import post_entry
from quarterday.store.models import CreditGrant, CreditNote


def release_advance(
    grant: CreditGrant, amount_minor: int, *, on: date, now: datetime, is_used: bool = True
) -> CreditNote | None:
    """Credit the advance invoice by what just went of its grant; None where none is left to.

    The tax is given back in proportion, and the last note takes the rest of it. What an invoice
    gave back to the grant was credited before, and bears the tax of what it pays next. The note
    says whether the credit ``is_used`` or went otherwise. For services that hold the transaction
    and the account.
    """
    if grant.advance_id is None:
        return None
    advance = grant.advance
    assert advance is not None
    credited = advance.credit_notes.aggregate(sum=Sum("total_minor"))["sum"] or 0
    part = min(amount_minor, advance.total_minor - int(credited))
    if part <= 0:
        return None
    draft = draft_note(advance, choose_lines(advance, {1: part}))
    if draft.net_minor + draft.tax_minor != part:
        raise BillingError(
            f"invoice {advance.label} cannot give back exactly {part} of its advance; reverse the "
            f"credit {grant.public_id} and grant it anew"
        )
    note = write_note(advance.account, advance, draft, on, _explain(grant, is_used))
    taxes: Counter[str] = Counter()
    for tax in draft.taxes:
        taxes[tax.row.code] += tax.tax_minor
    entry = post_advance_credit(
        on=on,
        reference=note.label,
        account=note.account_id,
        currency=note.currency,
        taxes=taxes.items(),
    )
    post_entry(entry, seller_id=note.seller_id, source=note.public_id)
    record_event(
        kind="credit_note.issued",
        subject=note.public_id,
        seller_id=note.seller_id,
        account_id=note.account_id,
        now=now,
        data={
            "label": note.label,
            "invoice": advance.label,
            "total_minor": note.total_minor,
            "currency": note.currency,
            "reason": note.reason,
        },
    )
    return note


def _explain(grant: CreditGrant, is_used: bool) -> str:
    """Why the note is issued, for the customer."""
    with override(grant.account.language):
        if is_used:
            return gettext("Credit that was paid in advance was used.")
        return gettext("Credit that was paid in advance was paid back or has ended.")
