"""What bank lines are matched with, for people and for booking."""

from __future__ import annotations

from quarterday.store.models import (
    BankAccount,
    BankLine,
    BankLineStatus,
    BankMatch,
    MatchKind,
    MatchStatus,
    Payout,
    PayoutItemKind,
    Seller,
)
from quarterday.store.queries.references import NotThere

DEBIT_METHOD = "sepa_debit"


def name_counter(match: BankMatch) -> str | None:
    """The payment method whose clearing account a match moves; None for other books."""
    if match.kind == MatchKind.OTHER:
        # What was taken at a desk says in its key how.
        where, _, rest = match.key.partition(":")
        return rest.partition(":")[0] if where == "desk" else None
    if match.kind in (MatchKind.DEBITS, MatchKind.RETURN):
        return DEBIT_METHOD
    if match.refund is not None:
        return match.refund.payment.method if match.refund.payment else "bank_transfer"
    return match.payment.method if match.payment is not None else "bank_transfer"


def find_payout_fee(payout: Payout) -> int:
    """The fee of a payout that is booked with it: that of a dispute is booked with the dispute.

    It never depends on whether the dispute is known yet. What a gateway gives back of it, as for
    a dispute that was won, is booked with the payout.
    """
    rows = payout.items.filter(kind=PayoutItemKind.DISPUTE, fee_minor__gt=0)
    return payout.fee_minor - sum(one.fee_minor for one in rows)


def find_line(name: str) -> BankLine:
    """A bank line by public id."""
    found = BankLine.objects.select_related("bank_account__seller").filter(public_id=name).first()
    if found is None:
        raise NotThere(f"there is no bank line {name!r}")
    return found


def find_match(name: str, status: MatchStatus = MatchStatus.PROPOSED) -> BankMatch:
    """A match by public id, or the best one of a line in a status, proposed or booked."""
    rows = BankMatch.objects.select_related(
        "line__bank_account__seller", "account", "payment", "payout", "refund"
    )
    found = rows.filter(public_id=name).first()
    if found is None and name.startswith("bln_"):
        of_line = rows.filter(line__public_id=name, status=status)
        found = of_line.order_by("-confidence", "id").first()
    if found is None:
        raise NotThere(
            f"there is no match {name!r}, and no line of which one is {status}; "
            "see `matches list`, and with --status"
        )
    return found


def list_matches(
    *,
    status: str | None = None,
    bank_account: BankAccount | None = None,
    seller: Seller | None = None,
    limit: int = 100,
) -> list[BankMatch]:
    """Matches, the newest line first and of each line the best first; 0 is no limit."""
    rows = BankMatch.objects.select_related(
        "line__bank_account__seller", "account", "payment", "payout", "refund"
    ).order_by("-line__booked_on", "-line_id", "-confidence", "id")
    if status is not None:
        rows = rows.filter(status=status)
    if bank_account is not None:
        rows = rows.filter(line__bank_account=bank_account)
    if seller is not None:
        rows = rows.filter(line__bank_account__seller=seller)
    return list(rows[:limit] if limit else rows)


def list_unmatched(bank_account: BankAccount | None = None, limit: int = 100) -> list[BankLine]:
    """Lines that nobody understands yet, not even by a proposal; the newest first."""
    rows = BankLine.objects.filter(status=BankLineStatus.OPEN).order_by("-booked_on", "-id")
    if bank_account is not None:
        rows = rows.filter(bank_account=bank_account)
    rows = rows.select_related("bank_account__seller")
    return list(rows[:limit] if limit else rows)
