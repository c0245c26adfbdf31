"""What all documents share: letterhead, facts, footer, and the words of page breaks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from quarterday.core.colour import readable_on
from quarterday.services.documents.party import (
    LETTER,
    address_lines,
    recipient_lines,
    sender_line,
)
from quarterday.services.documents.words import read_locale
from quarterday.store.models import Brand, DocumentKind

Page = dict[str, Any]
_PLAIN = "#1f2328"


class Letter(NamedTuple):
    """Who writes to whom about what; ``seller`` and ``account`` are details as in snapshots."""

    kind: DocumentKind
    seller: Mapping[str, Any]
    account: Mapping[str, Any]
    brand: Brand
    title: str
    number: str
    day: date


def make_letter(letter: Letter, facts: Iterable[tuple[str, str]], intro: str = "") -> Page:
    """A page without a body; facts that say nothing are left out."""
    seller, brand, locale = letter.seller, letter.brand, read_locale()
    name = str(seller["name"])
    account_facts = [
        (_("Customer number"), str(letter.account.get("external_id") or "")),
        (_("Your tax number"), str(letter.account.get("tax_id") or "")),
    ]
    return {
        "kind": str(letter.kind),
        "lang": locale.language,
        "region": locale.territory or str(seller.get("country") or ""),
        "paper": "us-letter" if seller.get("country") in LETTER else "a4",
        "accent": readable_on(brand.accent, "#ffffff") if brand.accent else _PLAIN,
        "title": letter.title,
        "number": letter.number,
        "name": " – ".join((f"{letter.title} {letter.number}".strip(), name)),
        "date": [letter.day.year, letter.day.month, letter.day.day],
        "seller": name,
        "logo_text": brand.data.get("logo_text") or brand.site_name or name,
        "sender_line": sender_line(seller),
        "recipient": recipient_lines(letter.account, str(seller.get("country") or "")),
        "facts": [[label, value] for label, value in (*facts, *account_facts) if value],
        "intro": intro,
        "words": {
            "page": _("Page {page} of {count}"),
            "carried": _("Carried forward"),
            "brought": _("Brought forward"),
        },
        "footer": _make_footer(seller, brand),
        "carries": False,
        "lines": [],
        "columns": {},
        "totals": [],
        "taxes": {"head": [], "rows": [], "notes": []},
        "payment": None,
        "notes": [],
        "codes": {},
    }


def _make_footer(seller: Mapping[str, Any], brand: Brand) -> list[list[str]]:
    """Who the seller is, how to reach a person, and what the law wants said."""
    said = brand.data
    reach = [str(said.get(name) or "") for name in ("support_email", "phone", "website")]
    legal = [f"{_('Tax number')}: {seller['tax_id']}"] if seller.get("tax_id") else []
    columns = [
        [str(seller["name"]), *address_lines(seller)],
        [line for line in reach if line],
        [*legal, *_split_lines(said.get("footer"))],
    ]
    return [column for column in columns if column]


def _split_lines(value: Any) -> list[str]:
    """Lines given as a list or as one text."""
    lines: Sequence[Any] = value.splitlines() if isinstance(value, str) else value or ()
    return [str(line).strip() for line in lines if str(line).strip()]
