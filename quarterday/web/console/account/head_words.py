"""How a customer stands, in words and figures that open what they sum."""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple

from babel import Locale

from quarterday.core.errors import BillingError
from quarterday.services.accounts.decide_account_tax import decide_account_tax
from quarterday.store.models import Account
from quarterday.store.queries.account.head import AccountHead
from quarterday.store.queries.dunning import Timeline
from quarterday.web.console.account.words import name_step
from quarterday.web.kit.words import format_day, format_money


class Figure(NamedTuple):
    """A figure of the head; ``tone`` is good, due, bad or nothing."""

    label: str
    value: str
    url: str = ""
    note: str = ""
    tone: str = ""


def tell_figures(account: Account, head: AccountHead, reminding: Timeline | None) -> list[Figure]:
    """What is owed, what of it is late, what credit there is, and what reminding does next."""
    page, balance = f"/console/accounts/{account.public_id}", head.balance
    numbers = head.counts
    first = head.open_invoices[0].due_on if head.open_invoices else None
    return [
        Figure(
            "Owed",
            format_money(balance.owed_minor, account.currency),
            f"{page}/invoices/?state=open",
            f"{_count(numbers['open'])}, first due {format_day(first, 'short')}"
            if first
            else f"Nothing of {_count(numbers['invoices'])}",
        ),
        Figure(
            "Overdue",
            format_money(balance.overdue_minor, account.currency),
            f"{page}/invoices/?state=overdue",
            _count(numbers["overdue"]) if numbers["overdue"] else "Nothing is late",
            "bad" if balance.overdue_minor else "",
        ),
        Figure(
            "Credit",
            format_money(balance.credit_minor, account.currency),
            f"{page}/credit/",
            "Pays the next invoices" if balance.credit_minor else "",
        ),
        _next_step(page, reminding),
    ]


def _count(number: int) -> str:
    return "1 invoice" if number == 1 else f"{number} invoices"


def _next_step(page: str, reminding: Timeline | None) -> Figure:
    """What reminding does next, and what it leads to."""
    label = "Next reminder"
    if reminding is None or reminding.status in ("ended", "none"):
        return Figure(label, "None", note="Nothing is reminded of")
    url = f"{page}/invoices/{reminding.invoice.public_id}/"
    if reminding.status == "paused":
        return Figure(label, "Paused", url, reminding.reason, "due")
    coming = [one for one in reminding.entries if one.kind == "coming"]
    if not coming:
        return Figure(label, "None", url, "No further step comes")
    first, worst = coming[0], reminding.consequence
    said = name_step(first.action, first.template).capitalize()
    if worst is not None and worst.step != first.step:
        what = name_step(worst.action, worst.template)
        said = f"{said}; {what} on {format_day(worst.on, 'short')}"
    return Figure(label, format_day(first.on, "short"), url, said, "due")


def tell_policy(reminding: Timeline | None) -> str:
    """By which policy the customer is reminded."""
    if reminding is None or reminding.policy in ("", "none"):
        return "–"
    return f"{reminding.policy_name or reminding.policy}, set by the {reminding.level}"


def tell_address(account: Account) -> list[str]:
    """The address, a line each."""
    known: dict[str, Any] = account.address
    town = " ".join(str(known.get(name, "")) for name in ("postcode", "city")).strip()
    country = Locale.parse("en").territories.get(account.country, account.country)
    lines = [account.name, known.get("line1"), known.get("line2"), town, account.region, country]
    return [str(one) for one in lines if one]


def tell_tax(account: Account, today: date) -> str:
    """How the customer is taxed, or why nobody can say."""
    try:
        rates, treatment = decide_account_tax(account, today=today)
    except BillingError as error:
        return f"Cannot be decided: {error}"
    if treatment.reason:
        return treatment.reason
    said = ", ".join(f"{one.name} {one.percent.normalize():f} %" for one in rates)
    return said or str(treatment.kind).replace("_", " ").capitalize()


def tell_settings(account: Account) -> list[tuple[str, str]]:
    """What is set for the customer itself, besides what the seller sets."""
    usual = account.seller.settings
    return [
        (name.replace("_", " "), f"{_say(value)} (seller: {_say(usual.get(name))})")
        for name, value in sorted(account.settings.items())
    ]


def _say(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "usual" if value is None else str(value).replace("_", " ")
