"""What a form or an address asks to change of a service, checked against what may be chosen."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import NamedTuple

from django.http import Http404, QueryDict
from django.utils.translation import gettext as _

from quarterday.services.subscriptions.make_change import Verb, When, Wish
from quarterday.store.queries.contract_offers import Choices
from quarterday.web.portal.services_page import Service
from quarterday.web.portal.services_parts import Part

_MOST = 999_999


class Wanted(NamedTuple):
    """A wish with what it is about: the plan to have, or the part to change or take off.

    ``fields`` are what a form must send to ask for the same again.
    """

    wish: Wish
    name: str
    quantity: Decimal | None
    part: Part | None
    fields: dict[str, str]


class Unclear(Exception):  # noqa: N818 - named for what it says
    """What is asked for cannot be had; the text says what to do instead."""


def read_wish(query: QueryDict, service: Service, choices: Choices) -> Wanted:
    """The wish of a form. Raises `Unclear` with words for people, and 404 for nonsense."""
    try:
        verb = Verb(query.get("verb", ""))
    except ValueError:
        raise Http404(_("There is no such change.")) from None
    return _READERS[verb](query, service, choices)


def _read_plan(query: QueryDict, service: Service, choices: Choices) -> Wanted:
    base = service.parts.base
    name = query.get("plan", "")
    when = _read_when(query)
    fields = {"verb": "plan", "plan": name, "when": str(when)}
    if base is not None and base.plan.public_id == name:
        return _read_quantity(query, service, choices)
    choice = choices.find_plan(name)
    if choice is None:
        raise Unclear(_("This plan cannot be chosen any more. Choose another one."))
    quantity = Decimal(1)
    if choice.view.is_by_piece:
        kept = base.quantity if base else Decimal(1)
        quantity = _read_number(query, choice.most, kept)
        fields["quantity"] = query.get("quantity", "")
    wish = Wish(verb=Verb.PLAN, when=when, plan=choice.view.plan, quantity=quantity)
    shown = quantity if choice.view.is_by_piece else None
    return Wanted(wish, choice.view.plan.name, shown, base, fields)


def _read_quantity(query: QueryDict, service: Service, choices: Choices) -> Wanted:
    """Another number of what there is: of the plan, or of an add-on that is named."""
    when = _read_when(query)
    fields = {"verb": "quantity", "quantity": query.get("quantity", ""), "when": str(when)}
    addon = query.get("addon", "")
    if addon:
        part = service.parts.find_addon(addon)
        known = choices.find_addon(addon)
        most = known.most if known else 1
        fields["addon"] = addon
    else:
        part, most = service.parts.planned or service.parts.base, choices.most
    if part is None:
        raise Http404(_("There is no such part of this service."))
    if not part.is_by_piece:
        raise Unclear(_("You have this plan already. Choose another one."))
    quantity = _read_number(query, most, part.quantity)
    ids = part.counted_ids
    wish = Wish(verb=Verb.QUANTITY, when=when, quantity=quantity, item_ids=ids)
    return Wanted(wish, part.plan.name, quantity, part, fields)


def _read_add(query: QueryDict, service: Service, choices: Choices) -> Wanted:
    addon = query.get("addon", "")
    when = _read_when(query)
    fields = {"verb": "add", "addon": addon, "when": str(when)}
    known = choices.find_addon(addon)
    if known is None:
        raise Unclear(_("This cannot be added any more. Choose something else."))
    if service.parts.find_addon(addon) is not None:
        raise Unclear(_("You have this already. Change its quantity instead."))
    quantity = _read_number(query, known.most, Decimal(1))
    fields["quantity"] = str(quantity)
    wish = Wish(verb=Verb.ADD, when=when, prices=known.view.prices, quantity=quantity)
    shown = quantity if known.view.is_by_piece else None
    return Wanted(wish, known.view.plan.name, shown, None, fields)


def _read_swap(query: QueryDict, service: Service, choices: Choices) -> Wanted:
    """Another choice of an option: it takes the place of the one there is."""
    name = query.get("choice", "")
    when = _read_when(query)
    fields = {"verb": "swap", "choice": name, "when": str(when)}
    found = choices.find_option(name)
    if found is None:
        raise Unclear(_("This cannot be chosen any more. Choose something else."))
    option, view = found
    plans = {one.plan.public_id for one in option.choices if one is not None}
    here = [one for one in service.parts.addons if one.plan.public_id in plans]
    if any(one.plan.public_id == name for one in here):
        raise Unclear(_("You have this already. Choose something else."))
    ids = tuple(key for one in here for key in one.item_ids)
    quantity = here[0].quantity if here else Decimal(1)
    wish = Wish(verb=Verb.SWAP, when=when, prices=view.prices, quantity=quantity, item_ids=ids)
    return Wanted(wish, view.plan.name, None, here[0] if here else None, fields)


def _read_remove(query: QueryDict, service: Service, choices: Choices) -> Wanted:
    part, fields = _find_part(query, service, "remove")
    when = _read_when(query)
    wish = Wish(verb=Verb.REMOVE, when=when, item_ids=part.item_ids)
    return Wanted(wish, part.plan.name, None, part, fields | {"when": str(when)})


def _read_keep(query: QueryDict, service: Service, choices: Choices) -> Wanted:
    if query.get("addon"):
        part, fields = _find_part(query, service, "keep")
        return Wanted(
            Wish(verb=Verb.KEEP, item_ids=part.item_ids), part.plan.name, None, part, fields
        )
    base = service.parts.base
    name = base.plan.name if base else service.about
    return Wanted(Wish(verb=Verb.KEEP), name, None, base, {"verb": "keep"})


def _read_cancel(query: QueryDict, service: Service, choices: Choices) -> Wanted:
    when = _read_when(query)
    reason = query.get("reason", "").replace("\x00", "").strip()[:100]
    words = query.get("words", "").replace("\x00", "").strip()[:380]
    told = f"{reason}: {words}" if reason and words else reason or words
    wish = Wish(verb=Verb.CANCEL, when=when, reason=told)
    fields = {"verb": "cancel", "when": str(when), "reason": reason, "words": words}
    return Wanted(wish, service.name, None, service.parts.base, fields)


def _read_undo(query: QueryDict, service: Service, choices: Choices) -> Wanted:
    wish = Wish(verb=Verb.UNDO_CANCEL)
    return Wanted(wish, service.name, None, service.parts.base, {"verb": "undo_cancel"})


def _find_part(query: QueryDict, service: Service, verb: str) -> tuple[Part, dict[str, str]]:
    addon = query.get("addon", "")
    part = service.parts.find_addon(addon)
    if part is None:
        raise Unclear(_("This is not part of the service any more."))
    return part, {"verb": verb, "addon": addon}


def _read_when(query: QueryDict) -> When:
    try:
        return When(query.get("when", "now"))
    except ValueError:
        raise Unclear(_("Choose from when the change is to count.")) from None


def _read_number(query: QueryDict, most: int, have: Decimal) -> Decimal:
    """A whole number up to the most that may be had; what one has already may stay."""
    text = query.get("quantity", "").strip()
    if not text:
        return have
    number = Decimal(text) if text.isascii() and text.isdecimal() and len(text) <= 6 else None
    allowed = max(most, int(have))
    if number is None or not 1 <= number <= min(allowed, _MOST):
        raise Unclear(_("Give a whole number from 1 to %(most)s.") % {"most": allowed})
    return number


_Reader = Callable[[QueryDict, Service, Choices], Wanted]
_READERS: Mapping[Verb, _Reader] = {
    Verb.PLAN: _read_plan,
    Verb.QUANTITY: _read_quantity,
    Verb.ADD: _read_add,
    Verb.SWAP: _read_swap,
    Verb.REMOVE: _read_remove,
    Verb.KEEP: _read_keep,
    Verb.CANCEL: _read_cancel,
    Verb.UNDO_CANCEL: _read_undo,
}
