"""What something would do, in sentences with money and dates."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from quarterday.core.message import wants_kind
from quarterday.services.effects.foresee import Effect, MovedInvoice
from quarterday.store.models import Account
from quarterday.web.kit.words import format_day, format_money

# More invoices than these stand in one sentence.
_NAMED = 4


def tell_effect(found: Effect, account: Account, *, is_discreet: bool = False) -> list[str]:
    """Everything that would be otherwise afterwards; if discreet, only of what is owed and paid."""
    said = list(_tell_money(found))
    if is_discreet:
        return said
    contacts = [(one.email, one.kinds) for one in account.contacts.order_by("id")[:50]]
    return [*said, *_tell_contracts(found), *_tell_messages(found, contacts)]


def _tell_money(found: Effect) -> Iterator[str]:
    """Invoices, what goes back, and the balance."""
    code = found.currency
    settled = [one.label for one in found.invoices if one.status_before and one.status == "paid"]
    if len(settled) > _NAMED:
        yield f"{len(settled)} invoices are settled: {', '.join(settled)}."
    for one in found.invoices:
        if len(settled) <= _NAMED or one.label not in settled:
            yield _tell_invoice(one, code)
    for _, total in found.notes:
        yield f"A credit note of {format_money(total, code)} is issued."
    if found.refunded_minor:
        yield f"{format_money(found.refunded_minor, code)} goes back to the customer."
    before, after = found.before, found.after
    if before.owed_minor != after.owed_minor:
        owed, was = format_money(after.owed_minor, code), format_money(before.owed_minor, code)
        yield f"The customer owes {owed} afterwards, instead of {was}."
    if before.credit_minor != after.credit_minor:
        has, was = format_money(after.credit_minor, code), format_money(before.credit_minor, code)
        yield f"Their credit is {has} afterwards, instead of {was}."


def _tell_contracts(found: Effect) -> Iterator[str]:
    """What comes on the next invoice, services, and when is billed again."""
    code = found.currency
    for text, amount, on in found.charges:
        sign = "comes off" if amount < 0 else "goes on"
        yield (
            f"{format_money(abs(amount), code)} for “{text}” {sign} the next invoice, on "
            f"{format_day(on)} or after."
        )
    for service in found.services:
        words = (service.after.replace("_", " "), service.before.replace("_", " ") or "new")
        yield f"{service.name} is {words[0]} afterwards; it is {words[1]} now."
    if found.bill_on != found.bill_on_before:
        day = format_day(found.bill_on) if found.bill_on else "not planned any more"
        yield f"The next billing day is {day}."


def _tell_messages(found: Effect, contacts: list[tuple[str, list[str]]]) -> Iterator[str]:
    """What is mailed, and to whom."""
    for kind, number in Counter(found.messages).items():
        times = f", {number} times" if number > 1 else ""
        to = [email for email, kinds in contacts if wants_kind(kinds, kind)]
        names = ", ".join(to[:3]) or "the customer"
        yield f"A mail goes to {names}: {name_kind(kind)}{times}."


def _tell_invoice(one: MovedInvoice, code: str) -> str:
    left = format_money(one.open_minor, code)
    if not one.status_before:
        paid = " and paid at once" if one.status == "paid" else f", due on {format_day(one.due_on)}"
        return f"An invoice of {format_money(one.total_minor, code)} is issued{paid}."
    if one.status == "paid":
        return f"Invoice {one.label} is settled."
    if one.status == "open" and one.status_before != "open":
        return f"Invoice {one.label} is owed again: {left}, due on {format_day(one.due_on)}."
    if one.status == "open":
        was = format_money(one.open_before_minor, code)
        return f"Of invoice {one.label}, {left} is open afterwards, instead of {was}."
    return f"Invoice {one.label} is {one.status.replace('_', ' ')}; nobody is reminded of it."


def name_kind(kind: str) -> str:
    """A kind of message in plain words."""
    return kind.replace("_", " ")
