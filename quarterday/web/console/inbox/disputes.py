"""Payments that somebody takes back: answer in time, or say how it ended."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from django.db.models import F
from django.http import Http404

from quarterday.core.access import StaffPermission
from quarterday.services.disputes.close_dispute import close_dispute
from quarterday.store.models import Dispute, DisputeStatus
from quarterday.store.queries.attention import waiting_disputes
from quarterday.web.console.door import Staff
from quarterday.web.console.inbox.kinds import PAGE, Ask, Deed, Done, Row, account_url, found
from quarterday.web.kit.clock import read_today
from quarterday.web.kit.words import format_day, format_money

_MAY = StaffPermission.BOOK_MONEY
_WITH = ("account__seller__brand", "payment", "refund")


class DisputesKind:
    """Disputes that are not decided."""

    name: ClassVar[str] = "disputes"
    label: ClassVar[str] = "Disputes"
    empty: ClassVar[str] = "Nobody disputes a payment."

    def list_rows(self, staff: Staff) -> list[Row]:
        """Those that must be answered first at the top."""
        rows = waiting_disputes(staff.seller).select_related(*_WITH)
        first = F("answer_by").asc(nulls_last=True)
        return [self.show(staff, one) for one in rows.order_by(first, "id")[:PAGE]]

    def find(self, staff: Staff, key: str) -> Dispute:
        """A dispute of the seller's."""
        rows = Dispute.objects.filter(account__seller=staff.seller, public_id=key)
        dispute: Dispute = found(rows.select_related(*_WITH).first())
        return dispute

    def show(self, staff: Staff, one: Dispute) -> Row:
        """The dispute as a row."""
        left = None if one.answer_by is None else (one.answer_by - read_today(staff.seller)).days
        amount = format_money(one.amount_minor, one.currency)
        note = f"{one.gateway} gives no day to answer by."
        if left is not None:
            note = f"To be answered at {one.gateway} by {format_day(one.answer_by, 'weekday')}."  # type: ignore[arg-type]
        if one.status != DisputeStatus.OPENED:
            note = f"It was {one.status}."
        return Row(
            one.public_id,
            f"{one.account.name} disputes {amount}",
            note,
            on=one.opened_on,
            account=one.account.name,
            account_url=account_url(one.account.public_id),
            state="" if left is None else "overdue" if left <= 7 else "action",
            state_word="" if left is None else _days(left),
        )

    def list_facts(self, staff: Staff, one: Dispute) -> list[tuple[str, Any]]:
        """What it is about."""
        paid = format_money(one.payment.amount_minor, one.payment.currency)
        return [
            ("Reason given", one.reason),
            ("Payment", f"{paid} on {format_day(one.payment.received_on)}"),
            ("At the gateway", one.reference),
            ("Opened", format_day(one.opened_on)),
            ("Answer by", format_day(one.answer_by) if one.answer_by else ""),
            ("Fee", format_money(one.fee_minor, one.currency) if one.fee_minor else ""),
        ]

    def list_deeds(self, staff: Staff, one: Dispute, today: date) -> list[Deed]:
        """The gateway tells the end by itself; where it does not, somebody says it here."""
        if one.status != DisputeStatus.OPENED:
            return []
        amount = format_money(one.amount_minor, one.currency)
        by_itself = f"{one.gateway} tells this by itself, usually; say it here where it cannot."
        return [
            Deed(
                "won",
                f"Won: {amount} came back",
                ["The money is booked in again, for the invoices that it had paid.", by_itself],
                _MAY,
                title="How it ended",
            ),
            Deed(
                "lost",
                f"Lost: {amount} is gone",
                ["What follows is what your policy of disputes says.", by_itself],
                _MAY,
                is_danger=True,
            ),
        ]

    def do(self, one: Dispute, ask: Ask) -> Done:
        """Close it."""
        if ask.deed not in (DisputeStatus.WON, DisputeStatus.LOST):
            raise Http404
        state = DisputeStatus(ask.deed)
        close_dispute(dispute=one, state=state, today=ask.today, now=ask.now, actor=ask.staff.actor)
        return Done(f"The dispute is closed as {state}.")


def _days(left: int) -> str:
    if left < 0:
        return "Too late"
    return "Today" if not left else f"{left} day{'s' if left > 1 else ''} left"
