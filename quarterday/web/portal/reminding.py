"""What was done about an unpaid invoice, and what happens if it stays so, for its customer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from quarterday.store.models import DunningStep, StepOutcome
from quarterday.store.queries.dunning import Timeline
from quarterday.store.queries.portal.invoice import InvoiceSheet
from quarterday.web.kit.words import format_day
from quarterday.web.portal.history import Happening

_DONE: Mapping[str, tuple[str | Promise, str]] = {
    "send": (gettext_lazy("We reminded you"), ""),
    "warn": (gettext_lazy("We told you what happens next"), "due"),
    "fee": (gettext_lazy("A late fee was added"), "due"),
    "restrict": (gettext_lazy("The service was restricted"), "bad"),
    "suspend": (gettext_lazy("The service was suspended"), "bad"),
    "terminate": (gettext_lazy("The service was ended"), "bad"),
    "collections": (gettext_lazy("Handed to a collection agency"), "bad"),
}
_COMING: Mapping[str, str | Promise] = {
    "fee": gettext_lazy("If it is not paid by then, a late fee is added"),
    "restrict": gettext_lazy("If it is not paid by then, the service is restricted"),
    "suspend": gettext_lazy("If it is not paid by then, the service is suspended"),
    "terminate": gettext_lazy("If it is not paid by then, the service ends"),
    "collections": gettext_lazy("If it is not paid by then, a collection agency takes over"),
}
_NEXT: Mapping[str, str | Promise] = {
    "restrict": gettext_lazy("If it stays unpaid, the service is restricted on %(day)s."),
    "suspend": gettext_lazy("If it stays unpaid, the service is suspended on %(day)s."),
    "terminate": gettext_lazy("If it stays unpaid, the service ends on %(day)s."),
    "collections": gettext_lazy(
        "If it stays unpaid, we hand it to a collection agency on %(day)s."
    ),
}


class Outlook(NamedTuple):
    """A sentence about what comes, and what it means."""

    text: str
    meaning: str = ""


def tell_outlook(timeline: Timeline) -> Outlook | None:
    """What happens next if nothing is paid; or that nothing does, and until when."""
    if timeline.pause == "promise" and timeline.until is not None:
        words = {"day": format_day(timeline.until, "weekday")}
        return Outlook(_("You promised to pay by %(day)s. Nothing happens until then.") % words)
    if timeline.pause:
        return Outlook(_("We are not reminding you of it at present."))
    if timeline.consequence is None:
        return None
    words = {"day": format_day(timeline.consequence.on, "weekday")}
    return Outlook(str(_NEXT[timeline.consequence.action]) % words, "due")


def tell_steps(sheet: InvoiceSheet, timeline: Timeline | None) -> Iterator[Happening]:
    """What was done, as far as the customer noticed it, and which consequences will come."""
    for step in sheet.steps:
        if step.outcome == StepOutcome.DONE and step.action in _DONE:
            text, meaning = _DONE[step.action]
            yield Happening(step.taken_at.date(), str(text), _find_url(step), meaning)
    if timeline is None or timeline.pause:
        return
    for one in timeline.entries:
        if one.kind == "coming" and one.action in _COMING:
            yield Happening(one.on, str(_COMING[one.action]), "", "due")


def _find_url(step: DunningStep) -> str:
    """The invoice for a fee."""
    invoice = step.data.get("invoice", "")
    return reverse("portal:invoice", args=[invoice]) if invoice else ""
