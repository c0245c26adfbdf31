"""Check a tax number as far as that is possible without asking anybody."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from stdnum import get_cc_module
from stdnum.exceptions import ValidationError

from quarterday.core.errors import BillingError
from quarterday.core.tax.treatment import EU_MEMBERS
from quarterday.services.inputs import check_text

# In numbers, Greece is not called as in ISO 3166.
_PREFIX = {"GR": "EL"}


class BadTaxId(BillingError):  # noqa: N818 - named for what it says
    """A number that cannot be one of its country."""


class TaxId(NamedTuple):
    """A tax number in its usual form, with the evidence to keep: empty when nothing is proven."""

    number: str
    evidence: dict[str, Any]


def check_tax_id(*, country: str, tax_id: str, now: datetime) -> TaxId:
    """The number as it is written in its country, and that its form and check digits are right.

    The evidence moves tax to the buyer where the law does (reverse charge), so it says what was
    checked and when. An empty number is none. Raises `BadTaxId` where the country's numbers are
    known and this is not one.
    """
    if not tax_id.strip():
        return TaxId("", {})
    text = check_text(tax_id, "tax_id", 64)
    module = get_cc_module(country.lower(), "vat")
    if module is None:
        return TaxId(text, {})
    try:
        number = module.validate(text)
    except ValidationError:
        raise BadTaxId(
            f"tax_id {text!r} is no number of {country}; look for a slip, or leave it empty"
        ) from None
    prefix = _PREFIX.get(country, country)
    if country in EU_MEMBERS and not number.startswith(prefix):
        number = prefix + number
    evidence = {
        "valid": True,
        "number": number,
        "source": "form and check digits, python-stdnum",
        "checked_at": now.isoformat(),
    }
    return TaxId(number, evidence)
