"""How to pay: where to send the money, with which reference, and codes to scan."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from quarterday.core.credit_transfer import make_transfer_code, show_iban
from quarterday.core.creditor_reference import make_creditor_reference, show_creditor_reference
from quarterday.core.errors import BillingError
from quarterday.services.documents.codes import draw_code
from quarterday.services.documents.words import format_day, format_money
from quarterday.store.models import Brand


def add_payment(
    page: dict[str, Any],
    brand: Brand,
    *,
    label: str,
    amount_minor: int,
    currency: str,
    due_on: date | None,
    pay_url: str = "",
) -> None:
    """Put the way to pay an amount on a page; ``label`` is what the reference is made of."""
    said = brand.data
    amount = format_money(amount_minor, currency)
    if due_on is None:
        texts = [_("Please pay %(amount)s.") % {"amount": amount}]
    else:
        day = format_day(due_on)
        texts = [_("Please pay %(amount)s by %(day)s.") % {"amount": amount, "day": day}]
    texts += [line for line in str(said.get("payment_instructions") or "").splitlines() if line]
    facts: list[list[str]] = []
    codes: list[dict[str, str]] = []
    if iban := str(said.get("iban") or ""):
        reference = _make_reference(label)
        facts = [
            [_("Account holder"), page["seller"]],
            [_("IBAN"), show_iban(iban)],
            [_("BIC"), str(said.get("bic") or "")],
            [_("Bank"), str(said.get("bank") or "")],
            [_("Reference"), show_creditor_reference(reference) if reference else label],
        ]
        if currency == "EUR" and reference and amount_minor <= 99_999_999_999:
            text = make_transfer_code(
                holder=page["seller"],
                iban=iban,
                bic=str(said.get("bic") or ""),
                amount_minor=amount_minor,
                reference=reference,
            )
            page["codes"]["transfer.svg"] = draw_code(text)
            codes.append(
                {
                    "file": "transfer.svg",
                    "caption": _("Scan to transfer"),
                    "alt": _("Code for your banking app, which fills in the transfer"),
                    "url": "",
                }
            )
    if pay_url:
        page["codes"]["pay.svg"] = draw_code(pay_url)
        codes.append(
            {
                "file": "pay.svg",
                "caption": _("Scan or click to pay online"),
                "alt": _("Code with the link to pay online"),
                "url": pay_url,
            }
        )
    page["payment"] = {
        "title": _("How to pay"),
        "texts": texts,
        "facts": [fact for fact in facts if fact[1]],
        "codes": codes,
    }


def _make_reference(label: str) -> str:
    """The structured reference; a label without letters and digits has none."""
    try:
        return make_creditor_reference(label)
    except BillingError:
        return ""
