"""What stands in the columns of lists: links, money, days and states."""

from __future__ import annotations

import html
from collections.abc import Callable
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.admin import display
from django.utils.html import format_html, strip_tags
from django.utils.safestring import SafeString

from quarterday.core.money import currency, format_minor
from quarterday.core.period import local_date
from quarterday.store.models import Account
from quarterday.web.kit.templatetags.kit import day as day_tag
from quarterday.web.kit.templatetags.kit import money, pill

Cell = Callable[[Any], Any]


def column(title: str, show: Cell, plain: Cell | None = None) -> Cell:
    """A column with what it shows of a row, and what it says in a file: by ``plain``, or the same
    without markup.
    """

    @display(description=title)
    def cell(row: Any) -> Any:
        found = show(row)
        return "–" if found in ("", None) else found

    cell.__name__ = _name(title)
    cell.title, cell.plain = title, plain or (lambda row: _strip(show(row)))  # type: ignore[attr-defined]
    return cell


def _strip(shown: Any) -> str:
    text = "" if shown is None else str(shown)
    return html.unescape(strip_tags(text)) if isinstance(shown, SafeString) else text


def amount(title: str, read: Callable[[Any], tuple[int, str]]) -> Cell:
    """A column of money, on the right; ``read`` gives minor units and their currency.

    Nothing is a dash, so that the eye finds what is something.
    """
    cell = column(
        title,
        lambda row: money(*read(row)) if read(row)[0] else "–",
        lambda row: format_minor(read(row)[0], currency(read(row)[1])),
    )
    cell.unit = lambda row: read(row)[1]  # type: ignore[attr-defined]
    # The sheet of the console puts what begins so on the right.
    cell.__name__ = f"amount_{_name(title)}"
    return cell


def account_column(read: Callable[[Any], Account | None] = lambda row: row.account) -> Cell:
    """A column that leads to the page of the account."""

    def show(row: Any) -> Any:
        account = read(row)
        return account and link_account(account)

    return column("Account", show)


# States that only staff see, with a state of the portal that looks as they should.
_LOOKS = {
    "bounced": "failed",
    "complained": "failed",
    "suppressed": "failed",
    "dropped": "open",
    "unmatched": "open",
    "received": "pending",
    "queued": "pending",
    "sending": "pending",
    "sent": "accepted",
    "delivered": "accepted",
    "addressed": "accepted",
    "processed": "accepted",
}


def state_column(read: Cell = lambda row: row.status) -> Cell:
    """A column with a state as a pill."""
    return column("State", lambda row: show_state(str(read(row))))


def show_state(state: str) -> SafeString:
    """A state as a pill, with the words of staff."""
    if look := _LOOKS.get(state):
        return pill(look, state.replace("_", " ").capitalize())
    return pill(state)


def day_column(title: str, read: Callable[[Any], date | datetime | None]) -> Cell:
    """A column with a day; of an instant, the day that it was where the seller of the list is."""

    def shown(row: Any) -> date | None:
        value = read(row)
        return local_date(value, row.time_zone) if isinstance(value, datetime) else value

    def plain(row: Any) -> str:
        value = read(row)
        if isinstance(value, datetime):
            return f"{value.astimezone(ZoneInfo(row.time_zone)):%Y-%m-%d %H:%M:%S}"
        return value.isoformat() if value else ""

    return column(title, lambda row: day_tag(shown(row), "short"), plain)


def link_account(account: Account) -> SafeString:
    """An account's name that leads to its page."""
    return format_html('<a href="/console/accounts/{}/">{}</a>', account.public_id, account.name)


def link_place(place: str, row: Any, text: str) -> SafeString:
    """A link to the page of something of an account, where it can be worked on."""
    page = f"/console/accounts/{row.account.public_id}/{place}/{row.public_id}/"
    return format_html('<a href="{}">{}</a>', page, text)


def _name(title: str) -> str:
    return title.lower().replace(" ", "_")
