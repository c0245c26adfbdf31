"""Lists of documents and money."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django.db.models import Exists, Model, OuterRef, Q, QuerySet
from django.utils.html import format_html

from quarterday.core.lifecycle import InvoiceState, PaymentState
from quarterday.store.models import (
    AttemptPurpose,
    AttemptStatus,
    CreditGrant,
    CreditNote,
    DocumentSeries,
    GatewayEvent,
    GatewayEventStatus,
    Invoice,
    JournalEntry,
    Payment,
    PaymentAttempt,
    PaymentKind,
    Posting,
    Refund,
)
from quarterday.store.queries.refunds import OPEN_REFUNDS
from quarterday.store.queries.search import find_credit_notes, find_invoices, find_payments
from quarterday.web.console.door import Staff
from quarterday.web.console.lists.asked import Day, Days
from quarterday.web.console.lists.base import EVERYTHING, ListAdmin, Shows, link_row
from quarterday.web.console.lists.columns import (
    account_column,
    amount,
    column,
    day_column,
    link_place,
    state_column,
)
from quarterday.web.console.table import Column, Table
from quarterday.web.kit.clock import read_today
from quarterday.web.kit.templatetags.kit import money, pill
from quarterday.web.kit.words import format_day


def _link(slug: str, key: str, text: str) -> Any:
    return format_html('<a href="{}">{}</a>', link_row(slug, key), text)


def _state(row: Invoice) -> str:
    is_late = row.status == InvoiceState.OPEN and row.due_on < row.shown_on  # type: ignore[attr-defined]
    return "overdue" if is_late else str(row.status)


def _overdue(staff: Staff) -> Q:
    return Q(status=InvoiceState.OPEN, due_on__lt=read_today(staff.seller))


def _lines_of(row: Invoice | CreditNote) -> Table:
    rows = [
        (
            one.description,
            format_day(one.period_start, "short"),
            format_day(one.period_end, "short"),
            money(one.net_minor, row.currency),
        )
        for one in row.lines.order_by("position")[:500]
    ]
    names = (Column("What"), Column("From"), Column("Before"), Column("Before tax", True))
    return Table("Lines", names, rows, is_quiet=False)


class InvoiceList(ListAdmin):
    """Invoices; those that are overdue first."""

    slug, label, owner, place = "invoices", "Invoices", "seller", "invoices"
    lead = "Every invoice as it was issued."
    shows: ClassVar[Shows] = {
        "overdue": ("Overdue", _overdue),
        "open": ("Open", lambda staff: Q(status=InvoiceState.OPEN)),
        "paid": ("Paid", lambda staff: Q(status=InvoiceState.PAID)),
        "written_off": ("Written off", lambda staff: Q(status=InvoiceState.WRITTEN_OFF)),
        "void": ("Void", lambda staff: Q(status=InvoiceState.VOID)),
        "billed": ("Without advances", lambda staff: ~Q(series=DocumentSeries.ADVANCE)),
        "reminders_running": ("Being reminded of", lambda staff: Q(dunning__status="running")),
        "reminders_paused": ("Reminders paused", lambda staff: Q(dunning__status="paused")),
        **EVERYTHING,
    }
    quiet = frozenset({"billed", "reminders_running", "reminders_paused"})
    days: ClassVar[Days] = {
        "issued": Day("Issued", "issued_on", is_order=True),
        "due": Day("Due", "due_on"),
    }
    find = staticmethod(find_invoices)
    search_fields = ("label",)
    search_hint = "Number or amount"
    list_select_related = ("account",)
    list_display = (
        column("Invoice", lambda row: link_place("invoices", row, row.label)),
        account_column(),
        state_column(_state),
        day_column("Issued", lambda row: row.issued_on),
        day_column("Due", lambda row: row.due_on),
        amount("Total", lambda row: (row.total_minor, row.currency)),
        amount("Open", lambda row: (row.open_minor, row.currency)),
    )

    def prepare(self, rows: Sequence[Any], staff: Staff) -> None:
        """What day it is, to say what is overdue."""
        today = read_today(staff.seller)
        for row in rows:
            row.shown_on = today

    def tables(self, row: Any) -> list[Table]:
        """Its lines, and what settled it."""
        settled = [
            (format_day(one.on, "short"), _say_source(one), money(one.amount_minor, row.currency))
            for one in row.allocations.select_related("payment", "grant", "credit_note")[:500]
        ]
        names = (Column("On"), Column("By"), Column("Amount", True))
        by = Table("Settled by", names, settled, is_quiet=False)
        return [_lines_of(row), *([by] if settled else [])]


def _say_source(one: Any) -> str:
    if one.payment:
        return f"payment by {one.payment.method}"
    return f"credit note {one.credit_note.label}" if one.credit_note else "credit"


def _invoice_of(row: CreditNote) -> Any:
    if row.invoice is None:
        return None
    row.invoice.account = row.account
    return link_place("invoices", row.invoice, row.invoice.label)


def _of_bills(staff: Staff) -> Q:
    return Q(invoice__isnull=True) | ~Q(invoice__series=DocumentSeries.ADVANCE)


class CreditNoteList(ListAdmin):
    """Credit notes, the newest first."""

    slug, label, owner, place = "credit-notes", "Credit notes", "seller", "credit-notes"
    lead = "What was taken back of invoices, and why."
    shows: ClassVar[Shows] = {**EVERYTHING, "billed": ("Without advances", _of_bills)}
    quiet = frozenset({"billed"})
    days: ClassVar[Days] = {"issued": Day("Issued", "issued_on")}
    find = staticmethod(find_credit_notes)
    search_fields = ("label",)
    search_hint = "Number"
    list_select_related = ("account", "invoice")
    list_display = (
        column("Credit note", lambda row: link_place("credit-notes", row, row.label)),
        account_column(),
        column("Invoice", _invoice_of),
        column("Reason", lambda row: row.reason),
        day_column("Issued", lambda row: row.issued_on),
        amount("Total", lambda row: (row.total_minor, row.currency)),
    )

    def tables(self, row: Any) -> list[Table]:
        """Its lines."""
        return [_lines_of(row)]


def _refunded(staff: Staff) -> Q:
    return Q(status__in=[PaymentState.REFUNDED, PaymentState.PARTIALLY_REFUNDED])


def _received(staff: Staff) -> Q:
    arrived = ~Q(status__in=[PaymentState.PENDING, PaymentState.FAILED])
    return Q(kind=PaymentKind.RECEIVED) & arrived


def _restored(staff: Staff) -> Q:
    arrived = ~Q(status__in=[PaymentState.PENDING, PaymentState.FAILED])
    return ~Q(kind=PaymentKind.RECEIVED) & arrived


class PaymentList(ListAdmin):
    """Payments, the newest first."""

    slug, label, place = "payments", "Payments", "payments"
    lead = "Money that came in."
    shows: ClassVar[Shows] = {
        **EVERYTHING,
        "received": ("Received", _received),
        "restored": ("Came back to us", _restored),
        "unused": ("Not used yet", lambda staff: Q(open_minor__gt=0)),
        "disputed": ("Disputed", lambda staff: Q(status=PaymentState.DISPUTED)),
        "refunded": ("Refunded", _refunded),
    }
    quiet = frozenset({"received", "restored"})
    days: ClassVar[Days] = {"received": Day("Received", "received_on", is_order=True)}
    find = staticmethod(find_payments)
    search_fields = ("reference",)
    search_hint = "Reference or amount"
    list_select_related = ("account",)
    list_display = (
        day_column("Received", lambda row: row.received_on),
        account_column(),
        column("By", lambda row: row.method.replace("_", " ")),
        column(
            "Reference",
            lambda row: link_place("payments", row, row.reference or row.public_id[-8:]),
        ),
        state_column(),
        amount("Amount", lambda row: (row.amount_minor, row.currency)),
        amount("Not used", lambda row: (row.open_minor, row.currency)),
    )


class AttemptList(ListAdmin):
    """Payments that were tried by a gateway; those that failed first."""

    slug, label = "attempts", "Payment attempts"
    # What a payer's browser needs for the next step.
    hidden = frozenset({"data"})
    lead = "What gateways were asked for, and what they said."
    shows: ClassVar[Shows] = {
        "failed": (
            "Failed",
            lambda staff: Q(status=AttemptStatus.FAILED, purpose=AttemptPurpose.PAY),
        ),
        "unsaved": (
            "Not saved",
            lambda staff: Q(status=AttemptStatus.FAILED, purpose=AttemptPurpose.SAVE),
        ),
        "open": (
            "On the way",
            lambda staff: Q(status__in=["created", "action", "pending", "unknown"]),
        ),
        **EVERYTHING,
    }
    quiet = frozenset({"unsaved"})
    days: ClassVar[Days] = {"begun": Day("Begun", "created_at")}
    list_select_related = ("account", "method")
    list_display = (
        day_column("Begun", lambda row: row.created_at),
        account_column(),
        column("By", lambda row: _link("attempts", row.public_id, row.gateway)),
        state_column(),
        column("Why", lambda row: row.error.replace("_", " ")),
        amount("Amount", lambda row: (row.amount_minor, row.currency)),
    )


def _refund_state(row: Refund) -> Any:
    return pill(str(row.attempt.status)) if _has_attempt(row) else pill("paid", "Recorded")


def _has_attempt(row: Refund) -> bool:
    return getattr(row, "attempt", None) is not None


def _way(row: Refund) -> str:
    return str(row.attempt.gateway) if _has_attempt(row) else "by hand"


class RefundList(ListAdmin):
    """Refunds, the newest first."""

    slug, label = "refunds", "Refunds"
    lead = "Money that went back."
    shows: ClassVar[Shows] = {
        **EVERYTHING,
        "open": ("On the way", lambda staff: Q(attempt__status__in=list(OPEN_REFUNDS))),
        "failed": ("Failed", lambda staff: Q(attempt__status="failed")),
    }
    days: ClassVar[Days] = {"on": Day("Refunded", "refunded_on")}
    list_select_related = ("account", "attempt")
    list_display = (
        day_column("On", lambda row: row.refunded_on),
        account_column(),
        column("By", lambda row: _link("refunds", row.public_id, _way(row))),
        column(
            "State",
            lambda row: (
                pill(str(row.attempt.status))
                if _has_attempt(row)
                else pill("succeeded", "Recorded")
            ),
        ),
        column("Reason", lambda row: row.reason),
        amount("Amount", lambda row: (row.amount_minor, row.currency)),
    )


def _deposited(staff: Staff) -> Q:
    booked = JournalEntry.objects.filter(source=OuterRef("public_id"), kind="deposit")
    return Q(kind="deposit", payment__isnull=True) & Q(Exists(booked))


class GrantList(ListAdmin):
    """Credit that accounts have."""

    slug, label = "credit", "Credit"
    lead = "Deposits, gifts and overpayments, and what is left of each."
    shows: ClassVar[Shows] = {
        "open": ("With something left", lambda staff: Q(open_minor__gt=0)),
        "deposits": ("Paid in by hand", _deposited),
        **EVERYTHING,
    }
    quiet = frozenset({"deposits"})
    days: ClassVar[Days] = {
        "granted": Day("Granted", "granted_on"),
        "expires": Day("Expires", "expires_on"),
    }
    list_select_related = ("account",)
    list_display = (
        day_column("Granted", lambda row: row.granted_on),
        account_column(),
        column("Kind", lambda row: _link("credit", row.public_id, row.kind.replace("_", " "))),
        column("Reason", lambda row: row.reason),
        day_column("Expires", lambda row: row.expires_on),
        amount("Amount", lambda row: (row.amount_minor, row.currency)),
        amount("Left", lambda row: (row.open_minor, row.currency)),
    )


class JournalList(ListAdmin):
    """The journal, the newest entry first."""

    slug, label, owner = "journal", "Journal", "seller"
    lead = "Every entry of the books; each one balances, and none can be changed."
    key = "pk"
    days: ClassVar[Days] = {"on": Day("On", "on", is_order=True)}
    list_display = (
        day_column("On", lambda row: row.on),
        column("Kind", lambda row: _link("journal", str(row.pk), row.kind.replace("_", " "))),
        column("Reference", lambda row: row.reference),
        column("Memo", lambda row: row.memo),
        amount("Amount", lambda row: row.sum),
    )

    def prepare(self, rows: Sequence[Any], staff: Staff) -> None:
        """What each entry moves, from its postings."""
        sums: dict[int, tuple[int, str]] = {}
        found = Posting.objects.filter(entry__in=[row.pk for row in rows], amount_minor__gt=0)
        for entry, minor, code in found.values_list("entry_id", "amount_minor", "currency"):
            sums[entry] = (sums.get(entry, (0, code))[0] + minor, code)
        for row in rows:
            row.sum = sums.get(row.pk, (0, staff.seller.currency))

    def tables(self, row: Any) -> list[Table]:
        """Its postings."""
        postings: QuerySet[Any] = row.postings.select_related("ledger_account").order_by("id")
        rows = [
            (
                one.ledger_account.code,
                money(one.amount_minor, one.currency) if one.amount_minor > 0 else "",
                money(-one.amount_minor, one.currency) if one.amount_minor < 0 else "",
            )
            for one in postings[:500]
        ]
        names = (Column("Ledger account"), Column("Debit", True), Column("Credit", True))
        return [Table("Postings", names, rows, is_quiet=False)]


class GatewayEventList(ListAdmin):
    """What gateways told; what nobody could use first."""

    slug, label, owner = "gateway-events", "News from gateways", "seller"
    lead = "Each message as it came, and what became of it."
    shows: ClassVar[Shows] = {
        "waiting": (
            "Not processed",
            lambda staff: Q(status__in=["received", "failed", "unmatched"]),
        ),
        "ignored": ("Ignored", lambda staff: Q(status=GatewayEventStatus.IGNORED)),
        **EVERYTHING,
    }
    days: ClassVar[Days] = {"received": Day("Received", "received_at")}
    list_display = (
        day_column("Received", lambda row: row.received_at),
        column("Gateway", lambda row: row.gateway),
        column("Kind", lambda row: _link("gateway-events", row.public_id, row.kind or "unknown")),
        state_column(),
        column("Why", lambda row: row.error),
    )


LISTS: tuple[tuple[type[Model], type[ListAdmin]], ...] = (
    (Invoice, InvoiceList),
    (CreditNote, CreditNoteList),
    (Payment, PaymentList),
    (PaymentAttempt, AttemptList),
    (Refund, RefundList),
    (CreditGrant, GrantList),
    (JournalEntry, JournalList),
    (GatewayEvent, GatewayEventList),
)
