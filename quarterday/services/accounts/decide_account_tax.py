"""How an account is taxed, as it is or as it would be with other details."""

from __future__ import annotations

from datetime import date

from quarterday.services.invoicing.catalog import Catalog, TaxAnswer
from quarterday.store.models import Account
from quarterday.store.queries.billing import load_accounts


def decide_account_tax(
    account: Account,
    *,
    today: date,
    country: str | None = None,
    region: str | None = None,
    tax_id_valid: bool | None = None,
) -> TaxAnswer:
    """The rates and the treatment of what is usually sold; None means the detail as it is.

    Raises `BillingError` where the seller states no rate for the place.
    """
    row = load_accounts([account.id])[account.id]
    row = row._replace(
        country=row.country if country is None else country,
        region=row.region if region is None else region,
        tax_id_valid=row.tax_id_valid if tax_id_valid is None else tax_id_valid,
    )
    return Catalog().tax(row, "standard", today)
