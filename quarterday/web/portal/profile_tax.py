"""How an account is taxed, in words, and what another country or tax number changes."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from babel import Locale
from django.utils.translation import gettext as _

from quarterday.core.tax import TreatmentKind
from quarterday.services.invoicing.catalog import TaxAnswer
from quarterday.store.models import Account
from quarterday.web.kit.words import format_day, format_quantity, locale


class TaxWords(NamedTuple):
    """How somebody is taxed: a few words, and why."""

    head: str
    why: str


def tell_tax(answer: TaxAnswer) -> TaxWords:
    """The treatment of an account in words."""
    rates, treatment = answer
    match treatment.kind:
        case TreatmentKind.TAXABLE:
            named = [f"{rate.name} {format_quantity(rate.percent)} %" for rate in rates]
            return TaxWords(", ".join(named) or _("No tax"), "")
        case TreatmentKind.REVERSE_CHARGE | TreatmentKind.INTRA_COMMUNITY:
            return TaxWords(
                _("No VAT on our invoices (reverse charge)"),
                _("You declare the VAT in your own country, because you have a VAT number there."),
            )
        case TreatmentKind.EXPORT:
            return TaxWords(
                _("No tax on our invoices (export)"),
                _("You are outside the area in which we charge tax. Your own country may ask it."),
            )
        case TreatmentKind.EXEMPT:
            return TaxWords(_("Exempt from tax"), treatment.reason)
        case _:
            return TaxWords(_("No tax"), "")


def tell_evidence(account: Account) -> str:
    """What is known of a tax number, and nothing more than that."""
    evidence: dict[str, Any] = account.tax_id_evidence
    if not account.tax_id:
        return ""
    when = _read_instant(evidence.get("checked_at"))
    if "python-stdnum" in str(evidence.get("source", "")) and when:
        return _(
            "Its form and check digits are right (checked on %(day)s). "
            "It was not looked up in a register."
        ) % {"day": format_day(when)}
    if evidence.get("valid"):
        if when:
            return _("Confirmed on %(day)s.") % {"day": format_day(when)}
        return _("Confirmed.")
    return _("We know no rule for numbers of this country, so it was not checked.")


def _read_instant(text: Any) -> datetime | None:
    try:
        return datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None


def name_country(code: str) -> str:
    """A country in the reader's language."""
    return str(Locale.parse(locale()).territories.get(code, code))
