"""Take an amount from a bank line, or give it back, by compare-and-set."""

from __future__ import annotations

from quarterday.core.errors import BillingError
from quarterday.services.compare import show_amount
from quarterday.services.errors import Conflict
from quarterday.store.models import BankLine, BankLineStatus, BankMatch, MatchStatus


def take_from_line(line: BankLine, amount_minor: int, *, status: str | None = None) -> None:
    """Lower what is open of a line, as it was read, by a part that was understood.

    What is left keeps its sign, so that no line is ever used for more than it is. Raises
    `BillingError` for more than is open, and `Conflict` when somebody else was first.
    """
    left = line.open_minor - amount_minor
    if not amount_minor or (amount_minor > 0) != (line.open_minor > 0) or left * amount_minor < 0:
        raise BillingError(
            f"bank line {line.public_id} has {show_amount(line.open_minor, line.currency)} open; "
            f"{show_amount(amount_minor, line.currency)} is no part of it"
        )
    _move(line, left, status or (BankLineStatus.OPEN if left else BankLineStatus.BOOKED))


def give_to_line(line: BankLine, amount_minor: int) -> None:
    """Open a part of a line again. Raises `Conflict` when somebody else moved it."""
    _move(line, line.open_minor + amount_minor, BankLineStatus.OPEN)


def set_status(line: BankLine) -> None:
    """Proposed while there are proposals, open otherwise; booked and ignored lines stay so."""
    if line.status in (BankLineStatus.OPEN, BankLineStatus.PROPOSED):
        _move(line, line.open_minor, _open_status(line))


def _open_status(line: BankLine) -> BankLineStatus:
    rows = BankMatch.objects.filter(line=line, status=MatchStatus.PROPOSED)
    return BankLineStatus.PROPOSED if rows.exists() else BankLineStatus.OPEN


def _move(line: BankLine, open_minor: int, status: str) -> None:
    rows = BankLine.objects.filter(id=line.id, open_minor=line.open_minor, status=line.status)
    if not rows.update(open_minor=open_minor, status=status):
        raise Conflict(f"bank line {line.public_id} was moved by somebody else; look at it again")
    line.open_minor, line.status = open_minor, status
