"""Change the billing details of an account as its own people may: name, address, tax number."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from quarterday.core.address import FIELDS, check_address
from quarterday.services.accounts.change_account import change_account
from quarterday.services.accounts.check_tax_id import check_tax_id
from quarterday.services.accounts.claim_account import claim_account
from quarterday.services.inputs import check_country
from quarterday.store.models import Account


def change_details(
    *,
    account_id: int,
    name: str,
    country: str,
    address: Mapping[str, str],
    now: datetime,
    region: str = "",
    tax_id: str = "",
    language: str | None = None,
    actor: str = "system",
) -> Account:
    """Replace the details that stand on documents to come; issued ones keep theirs.

    The tax number is checked for its country. What was proven of it stays as long as neither the
    number nor the country changes; otherwise only what the check itself shows is kept. Parts of
    the address that are not asked for, such as a department, stay. Raises `NotFound`, `BadAddress`,
    `BadTaxId`, and `BillingError` for other bad input.
    """
    check_country(country)
    checked = check_address(country, address)
    number = check_tax_id(country=country, tax_id=tax_id, now=now)
    with transaction.atomic():
        account = claim_account(account_id)
        is_same = (account.tax_id, account.country) == (number.number, country)
        kept = {key: one for key, one in account.address.items() if key not in FIELDS}
        evidence: dict[str, Any] = account.tax_id_evidence if is_same else number.evidence
        return change_account(
            account_id=account_id,
            now=now,
            name=name,
            country=country,
            region=region,
            address={**kept, **checked},
            tax_id=number.number,
            tax_id_evidence=evidence,
            language=language,
            actor=actor,
        )
