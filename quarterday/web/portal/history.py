"""What happened to an invoice, from its issue to its end, in words."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import date
from typing import NamedTuple

from django.urls import reverse
from django.utils.translation import gettext as _

from quarterday.core.lifecycle import InvoiceState
from quarterday.store.models import Allocation, CreditNote
from quarterday.store.queries.portal.invoice import InvoiceSheet
from quarterday.web.kit.words import format_money
from quarterday.web.portal.ways import name_way


class Happening(NamedTuple):
    """A line of an invoice's timeline; ``meaning`` is good, due, bad or nothing."""

    on: date
    text: str
    url: str = ""
    meaning: str = ""


def tell_history(
    sheet: InvoiceSheet, today: date, pay_by: date, reminding: Iterable[Happening] = ()
) -> list[Happening]:
    """What happened and what is to come, in the order of time; the next is to be paid by a day.
    ``reminding`` is what was done about it while it was unpaid, and what will be.
    """
    invoice = sheet.invoice
    facts = [Happening(invoice.issued_on, _("Issued"))]
    facts += [tell_settlement(one) for one in sheet.settled]
    facts += reminding
    facts += _tell_events(sheet)
    used = {one.credit_note_id for one in sheet.settled}
    facts += [_tell_note(note) for note in sheet.credit_notes if note.id not in used]
    if invoice.status == InvoiceState.OPEN:
        is_late = pay_by < today
        words = _("Was to be paid") if is_late else _("To be paid by then")
        facts.append(Happening(pay_by, words, meaning="bad" if is_late else "due"))
    facts.sort(key=lambda fact: fact.on)
    return facts


def tell_settlement(one: Allocation) -> Happening:
    """What settled a part of an invoice, or was taken back."""
    amount = format_money(abs(one.amount_minor), one.invoice.currency)
    back = one.amount_minor < 0
    if one.payment is not None:
        url = reverse("portal:payment", args=[one.payment.public_id])
        words = {"amount": amount, "way": name_way(one.payment.method)}
        if back:
            return Happening(one.on, _("%(amount)s taken back: %(way)s") % words, url, "bad")
        return Happening(one.on, _("%(amount)s paid: %(way)s") % words, url, "good")
    if one.credit_note is not None:
        url = reverse("portal:credit_note", args=[one.credit_note.public_id])
        words = {"amount": amount, "label": one.credit_note.label}
        if back:
            return Happening(
                one.on, _("%(amount)s of credit note %(label)s taken back") % words, url, "bad"
            )
        return Happening(one.on, _("%(amount)s off by credit note %(label)s") % words, url, "good")
    url, words = reverse("portal:credit"), {"amount": amount}
    if back:
        return Happening(one.on, _("%(amount)s of your credit given back") % words, url)
    return Happening(one.on, _("%(amount)s paid from your credit") % words, url, "good")


def _tell_note(note: CreditNote) -> Happening:
    """A credit note that came when nothing was open, so that it became credit."""
    words = {"label": note.label, "amount": format_money(note.total_minor, note.currency)}
    text = _("Credit note %(label)s: %(amount)s became your credit") % words
    return Happening(
        note.issued_on, text, reverse("portal:credit_note", args=[note.public_id]), "good"
    )


def name_settlement(one: Allocation) -> str:
    """What an amount came from, where the amount stands beside it."""
    if one.payment is not None:
        return _("Payment by %(way)s") % {"way": name_way(one.payment.method)}
    if one.credit_note is not None:
        return _("Credit note %(label)s") % {"label": one.credit_note.label}
    return _("Your credit")


def _tell_events(sheet: InvoiceSheet) -> Iterator[Happening]:
    for event in sheet.events:
        reason = json.loads(event.data).get("reason", "")
        if event.kind == "invoice.voided":
            yield Happening(event.at.date(), _("Made void: %(reason)s") % {"reason": reason})
        elif event.kind == "invoice.written_off":
            yield Happening(event.at.date(), _("We gave up the rest of it"))
