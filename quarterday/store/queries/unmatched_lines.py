"""Bank lines that nobody could place, with what they probably are."""

from __future__ import annotations

from datetime import UTC, datetime, time

from quarterday.core.matching_words import explain_reasons
from quarterday.store.models import (
    BankLine,
    BankLineStatus,
    BankMatch,
    Invoice,
    MatchStatus,
    Seller,
)
from quarterday.store.queries.inbox_item import InboxItem, Suggestion

_WAITING = (BankLineStatus.OPEN, BankLineStatus.PROPOSED)


def list_unmatched_lines(seller: Seller | None, limit: int) -> list[InboxItem]:
    """The oldest first, without suggestions, which take a look at each one."""
    rows = BankLine.objects.filter(status__in=_WAITING).select_related("bank_account__seller")
    if seller is not None:
        rows = rows.filter(bank_account__seller=seller)
    rows = rows.order_by("booked_on", "id")
    return [_show(row) for row in (rows[:limit] if limit else rows)]


def find_unmatched_line(public_id: str) -> InboxItem | None:
    """One of them, with the best that is proposed."""
    rows = BankLine.objects.select_related("bank_account__seller")
    row = rows.filter(public_id=public_id, status__in=_WAITING).first()
    return _show(row, is_alone=True) if row else None


def _show(row: BankLine, *, is_alone: bool = False) -> InboxItem:
    is_proposed = row.status == BankLineStatus.PROPOSED
    way = "came in" if row.amount_minor > 0 else "went out"
    return InboxItem(
        id=row.public_id,
        source="bank",
        seller=row.bank_account.seller.code,
        at=datetime.combine(row.booked_on, time.min, UTC),
        what=f"{way} at bank {row.bank_account.code}: {row.name or row.text[:40]}".strip(": "),
        reference=row.creditor_reference or row.text[:60],
        problem="it is likely, not certain, what it is for" if is_proposed else "it is not clear",
        amount_minor=row.open_minor,
        currency=row.currency,
        suggestion=_suggest(row) if is_alone else None,
        data={"text": row.text, "name": row.name, "iban": row.iban} if is_alone else {},
    )


def _suggest(row: BankLine) -> Suggestion | None:
    proposed = BankMatch.objects.filter(line=row, status=MatchStatus.PROPOSED)
    best = proposed.select_related("account").order_by("-confidence", "id").first()
    if best is None or best.account is None:
        return None
    labels = Invoice.objects.filter(public_id__in=best.invoices).order_by("due_on", "id")
    named = ", ".join(labels.values_list("label", flat=True))
    return Suggestion(
        str(best.account), named, best.confidence, tuple(explain_reasons(best.reasons))
    )
