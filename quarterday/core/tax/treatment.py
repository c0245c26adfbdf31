"""Whether a sale is taxed at all: exemption, EU reverse charge, export, outside the scope.

The answer carries the EN 16931 category and the reason that must be printed on the invoice.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

_MEMBERS = "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK"
EU_MEMBERS = frozenset(_MEMBERS.split())
# Northern Ireland belongs to the single market for goods only.
EU_FOR_GOODS = EU_MEMBERS | {"XI"}
# Codes in use for a country, or for a place that is taxed as part of it.
_TAXED_AS = {"EL": "GR", "MC": "FR"}

EXEMPTIONS = {
    "VATEX-EU-79-C": "Exempt based on article 79, point c of Council Directive 2006/112/EC",
    "VATEX-EU-132": "Exempt based on article 132 of Council Directive 2006/112/EC",
    "VATEX-EU-143": "Exempt based on article 143 of Council Directive 2006/112/EC",
    "VATEX-EU-148": "Exempt based on article 148 of Council Directive 2006/112/EC",
    "VATEX-EU-151": "Exempt based on article 151 of Council Directive 2006/112/EC",
    "VATEX-EU-309": "Travel agents performed outside of the EU",
    "VATEX-FR-FRANCHISE": "France domestic VAT franchise in base",
}


class TreatmentKind(StrEnum):
    """How a sale is taxed."""

    TAXABLE = "taxable"
    EXEMPT = "exempt"
    REVERSE_CHARGE = "reverse_charge"
    INTRA_COMMUNITY = "intra_community"
    EXPORT = "export"
    OUTSIDE_SCOPE = "outside_scope"


@dataclass(frozen=True, slots=True)
class Treatment:
    """How a sale is taxed, its EN 16931 category, and the reason to print when it is not.

    For a taxable sale the rate itself says the category.
    """

    kind: TreatmentKind
    category: str = "S"
    reason_code: str = ""
    reason: str = ""

    def __hash__(self) -> int:
        return hash(self.category)  # enough to find it by, and hot


TAXABLE = Treatment(TreatmentKind.TAXABLE)
REVERSE_CHARGE = Treatment(TreatmentKind.REVERSE_CHARGE, "AE", "VATEX-EU-AE", "Reverse charge")
INTRA_COMMUNITY = Treatment(
    TreatmentKind.INTRA_COMMUNITY, "K", "VATEX-EU-IC", "Intra-Community supply"
)
EXPORT = Treatment(TreatmentKind.EXPORT, "G", "VATEX-EU-G", "Export outside the EU")
FOREIGN = Treatment(TreatmentKind.EXPORT, "G", "", "Export")
OUTSIDE_SCOPE = Treatment(TreatmentKind.OUTSIDE_SCOPE, "O", "VATEX-EU-O", "Not subject to VAT")


def decide_treatment(
    *,
    seller_country: str,
    customer_country: str,
    customer_tax_id_valid: bool = False,
    exempt_reason: str | None = None,
    goods: bool = False,
    registrations: Collection[str] = (),
    charges_tax: bool = True,
) -> Treatment:
    """How a sale between two countries (ISO 3166 codes) is taxed.

    ``exempt_reason`` is a VATEX code or plain words. ``registrations`` are further countries
    where the seller accounts for tax, such as those of a one-stop shop. ``charges_tax`` is False
    for a seller who is not subject to tax. A valid tax number in another member state moves the
    tax to the customer: services by reverse charge, goods as an intra-Community supply.

    >>> decide_treatment(seller_country="DE", customer_country="FR", customer_tax_id_valid=True)
    ... # doctest: +ELLIPSIS
    Treatment(kind=<TreatmentKind.REVERSE_CHARGE: 'reverse_charge'>, category='AE', ...)
    >>> decide_treatment(seller_country="DE", customer_country="US").category
    'G'
    """
    if not charges_tax:
        return OUTSIDE_SCOPE
    if exempt_reason:
        return _exempt(exempt_reason)
    seller, customer = _taxed_as(seller_country), _taxed_as(customer_country)
    union = EU_FOR_GOODS if goods else EU_MEMBERS
    if seller != customer and seller in union and customer in union and customer_tax_id_valid:
        return INTRA_COMMUNITY if goods else REVERSE_CHARGE
    taxed_in = {seller, *map(_taxed_as, registrations), *(union if seller in union else ())}
    if customer in taxed_in:
        return TAXABLE
    return EXPORT if seller in union else FOREIGN


def taxing_country(
    *, seller_country: str, customer_country: str, registrations: Collection[str] = ()
) -> str:
    """The country whose rates a taxable sale bears: the customer's where the seller is
    registered, otherwise the seller's own.

    >>> taxing_country(seller_country="DE", customer_country="FR", registrations=["FR"])
    'FR'
    >>> taxing_country(seller_country="DE", customer_country="FR")
    'DE'
    """
    customer = _taxed_as(customer_country)
    registered = {_taxed_as(country) for country in registrations}
    return customer if customer in registered else _taxed_as(seller_country)


def _taxed_as(country: str) -> str:
    return _TAXED_AS.get(country, country)


def _exempt(reason: str) -> Treatment:
    if reason.startswith("VATEX-"):
        return Treatment(TreatmentKind.EXEMPT, "E", reason, EXEMPTIONS.get(reason, reason))
    return Treatment(TreatmentKind.EXEMPT, "E", "", reason)
