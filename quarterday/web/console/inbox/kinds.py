"""What an inbox of many kinds has in common: rows, what may be done with one, and what came of it.

A kind is one file here and one line in `registry`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, ClassVar, NamedTuple, Protocol

from django.http import Http404

from quarterday.core.access import StaffPermission
from quarterday.web.console.door import Staff

# So many are shown of a kind; the next come up as these are done.
PAGE = 50


class Row(NamedTuple):
    """One thing that needs a person. ``note`` says why it stands here, or what it probably is.

    One with a ``url`` is dealt with on that page, the others here.
    """

    key: str
    title: str
    note: str = ""
    amount: str = ""
    on: date | None = None
    account: str = ""
    account_url: str = ""
    state: str = ""
    state_word: str = ""
    url: str = ""


class Field(NamedTuple):
    """Something to be filled in; ``kind`` is text, amount, account or email."""

    name: str
    label: str
    value: str = ""
    hint: str = ""
    kind: str = "text"
    is_needed: bool = True


class Deed(NamedTuple):
    """Something that may be done: its button, and what will be so afterwards.

    ``title`` is what it is about where there are several of a kind, ``reasons`` why it is likely.
    """

    name: str
    verb: str
    effects: Sequence[str]
    needed: StaffPermission
    fields: Sequence[Field] = ()
    hidden: Sequence[tuple[str, str]] = ()
    title: str = ""
    reasons: Sequence[str] = ()
    is_danger: bool = False


class Done(NamedTuple):
    """What was done, in a sentence, and how to take it back; ``is_open`` still stands there."""

    text: str
    undo: Deed | None = None
    is_open: bool = False


class Ask(NamedTuple):
    """A deed that was asked for: by whom, with which values, and when."""

    staff: Staff
    deed: str
    values: Mapping[str, str]
    today: date
    now: datetime

    def text(self, name: str) -> str:
        """What was filled in, without spaces around it."""
        return self.values.get(name, "").strip()


class Kind(Protocol):
    """One kind of thing that needs people; ``empty`` says when there will be some."""

    name: ClassVar[str]
    label: ClassVar[str]
    empty: ClassVar[str]

    def list_rows(self, staff: Staff) -> list[Row]:
        """The oldest or most pressing first, at most `PAGE`, in a fixed number of queries."""

    def find(self, staff: Staff, key: str) -> Any:
        """One of the seller's, whatever became of it; raises `Http404`."""

    def show(self, staff: Staff, one: Any) -> Row:
        """The same as a row."""

    def list_facts(self, staff: Staff, one: Any) -> list[tuple[str, Any]]:
        """What is known of it."""

    def list_deeds(self, staff: Staff, one: Any, today: date) -> list[Deed]:
        """What may be done now; the first one is what is most likely right."""

    def do(self, one: Any, ask: Ask) -> Done:
        """Do one; raises `BillingError`, and `Http404` for what it does not know."""


def found(row: Any) -> Any:
    """What was found; raises `Http404` for nothing."""
    if row is None:
        raise Http404
    return row


def account_url(public_id: str) -> str:
    """The page of an account."""
    return f"/console/accounts/{public_id}/"
