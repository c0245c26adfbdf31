"""The page of an account statement: what changed the balance in a year, from the book."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from quarterday.services.accounts.snapshot_account import account_details
from quarterday.services.documents.body import total
from quarterday.services.documents.letter import Letter, make_letter
from quarterday.services.documents.words import format_day, format_days, format_money, format_number
from quarterday.services.sellers.take_snapshot import seller_details
from quarterday.store.models import Account, DocumentKind
from quarterday.store.queries.balances import Statement, StatementLine, load_statement
from quarterday.store.queries.printed import brand_of

Page = dict[str, Any]


class Span(NamedTuple):
    """The days ``[start, end)`` of a statement; those of a year that is not over end earlier."""

    start: date
    end: date

    @property
    def last(self) -> date:
        """The last day."""
        return self.end - timedelta(days=1)


def make_statement_page(account: Account, span: Span) -> Page:
    """A statement of an account over some days."""
    found = load_statement(account.id, span.start, span.end)
    letter = Letter(
        kind=DocumentKind.STATEMENT,
        seller=seller_details(account.seller),
        account=account_details(account),
        brand=brand_of(account.seller),
        title=_("Account statement"),
        number=str(span.start.year),
        day=span.last,
    )
    facts = [
        (_("Period"), format_days(span.start, span.end)),
        (_("Currency"), account.currency),
    ]
    page = make_letter(letter, facts)
    add_table(page, found, span.start)
    page["totals"] = _sum_up(found)
    page["notes"] = [_explain_balance(found.closing_minor, found.currency, span)]
    return page


def add_table(page: Page, found: Statement, start: date) -> None:
    """Put the entries of a statement on a page, each with the balance after it."""
    code = found.currency
    page["columns"] = {
        "day": _("Date"),
        "description": _("What happened"),
        "charge": _("Charged"),
        "payment": _("Paid or credited"),
        "balance": _("Balance"),
    }

    def row(day: date, title: str, detail: str, amount: int | None, balance: int) -> Page:
        shown = format_number(abs(amount), code) if amount else ""
        return {
            "day": format_day(day),
            "title": title,
            "details": [detail] if detail else [],
            "charge": shown if amount and amount > 0 else "",
            "payment": shown if amount and amount < 0 else "",
            "balance": format_number(balance, code),
            "running": format_number(balance, code),
        }

    page["lines"] = [
        row(start, _("Balance brought in"), "", None, found.opening_minor),
        *(
            row(one.on, _name(one), _detail(one), one.amount_minor, one.balance_minor)
            for one in found.lines
        ),
    ]
    page["carries"] = len(page["lines"]) > 5


def _name(line: StatementLine) -> str:
    patterns = {
        "invoice": _("Invoice %(reference)s"),
        "credit_note": _("Credit note %(reference)s"),
        "payment": _("Payment"),
        "deposit": _("Payment"),
        "refund": _("Refund"),
        "write_off": _("Written off: %(reference)s"),
        "credit_grant": _("Credit given"),
        "credit_expiry": _("Credit expired"),
    }
    if line.kind in patterns:
        return patterns[line.kind] % {"reference": line.reference}
    return f"{line.kind.replace('_', ' ').capitalize()} {line.reference}"


def _detail(line: StatementLine) -> str:
    """What else is known; ids that we made ourselves say nothing to people."""
    if line.kind not in ("payment", "deposit", "refund") or line.memo:
        return line.memo
    return "" if line.reference.startswith(("pay_", "rfd_", "crd_")) else line.reference


def _sum_up(found: Statement) -> list[dict[str, Any]]:
    code = found.currency
    charged = sum(one.amount_minor for one in found.lines if one.amount_minor > 0)
    paid = sum(one.amount_minor for one in found.lines if one.amount_minor < 0)
    return [
        total(_("Balance brought in"), found.opening_minor, code),
        total(_("Charged"), charged, code),
        total(_("Paid or credited"), paid, code),
        total(_("Balance"), found.closing_minor, code, strong=True),
    ]


def _explain_balance(minor: int, currency: str, span: Span) -> str:
    given = {"amount": format_money(abs(minor), currency), "day": format_day(span.last)}
    if minor > 0:
        return _("At the end of %(day)s you owed %(amount)s.") % given
    if minor < 0:
        return _("At the end of %(day)s you had credit of %(amount)s.") % given
    return _("At the end of %(day)s nothing was owed.") % given
