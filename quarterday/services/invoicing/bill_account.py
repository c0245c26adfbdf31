"""Bill one account at once, as the billing run would on its day."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from quarterday.core.errors import BillingError
from quarterday.services.accounts.claim_account import claim_account
from quarterday.services.invoicing.catalog import Catalog
from quarterday.services.invoicing.run_billing import draft_batch
from quarterday.services.invoicing.write_batch import BatchWriter
from quarterday.store.models import Account, Invoice
from quarterday.store.queries.billing import load_grants, load_held


def bill_account(*, account_id: int, today: date, now: datetime) -> list[Invoice]:
    """Issue all that is due of an account today; the invoices, oldest due first.

    Within the caller's transaction or its own; open credit settles them where the settings say
    so. Running it again finds nothing due. Raises `NotFound`, and `BillingError` with the reason
    when the account cannot be billed, or is held.
    """
    with transaction.atomic():
        account = claim_account(account_id)
        _refuse_held(account, today)
        catalog = Catalog()
        batch, skipped = draft_batch([account_id], today, catalog)
        for _, one in skipped:
            raise BillingError(one.reason)
        writer = BatchWriter(today, now, catalog)
        writer.write(batch, load_grants([account_id]))
        keys = [row[0] for row in writer.rows.invoices]
        return list(Invoice.objects.filter(id__in=keys).order_by("due_on", "id"))


def _refuse_held(account: Account, today: date) -> None:
    """What is ordered at once needs its invoice, which a hold forbids."""
    held = load_held([account.id])
    if account.id in held and (held[account.id] or today) >= today:
        raise BillingError(
            f"the billing of account {account} is on hold, so nothing can be invoiced now; "
            "release it first"
        )
