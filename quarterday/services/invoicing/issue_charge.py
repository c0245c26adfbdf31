"""Issue the invoice for one charge alone, at once."""

from __future__ import annotations

from datetime import date, datetime

from quarterday.services.invoicing.catalog import Catalog
from quarterday.services.invoicing.draft_account import draft_account
from quarterday.services.invoicing.run_billing import load_states, make_usage
from quarterday.services.invoicing.write_batch import BatchWriter
from quarterday.services.subscriptions.set_due import set_due
from quarterday.store.models import Account, Invoice, PendingCharge


def issue_charge(
    account: Account, charge: PendingCharge, *, today: date, now: datetime
) -> Invoice | None:
    """The invoice, due today. For services that hold the transaction and the account.

    Nothing else that is due of the account comes on it, and no credit is used for it.
    """
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
