"""Bank lines that nobody has placed: book what is proposed, say whose it is, or leave it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, ClassVar

from django.http import Http404

from quarterday.core.access import StaffPermission
from quarterday.core.matching_words import explain_reasons
from quarterday.services.bank.accept_match import accept_match
from quarterday.services.bank.ignore_line import ignore_line
from quarterday.services.bank.reject_match import reject_match
from quarterday.services.bank.split_line import Share, split_line
from quarterday.services.bank.undo_match import undo_match
from quarterday.store.models import (
    BankLine,
    BankLineStatus,
    BankMatch,
    Invoice,
    MatchKind,
    MatchStatus,
)
from quarterday.store.queries.attention import waiting_lines
from quarterday.web.console.door import Staff
from quarterday.web.console.inbox.inputs import read_account, read_amount, read_invoices
from quarterday.web.console.inbox.kinds import PAGE, Ask, Deed, Done, Field, Row, found
from quarterday.web.kit.words import format_day, format_money

_MAY = StaffPermission.BOOK_MONEY
_WITH = ("account", "payment", "payout", "refund", "batch")
_REASON = "taken back in the inbox"
Labels = Mapping[str, tuple[str, int]]


class BankKind:
    """Movements at the bank."""

    name: ClassVar[str] = "bank"
    label: ClassVar[str] = "Bank lines"
    empty: ClassVar[str] = "Every bank line is placed. The next statement may bring some."

    def list_rows(self, staff: Staff) -> list[Row]:
        """The oldest first, each with the best that is proposed."""
        lines = list(waiting_lines(staff.seller).order_by("booked_on", "id")[:PAGE])
        proposals = _read_proposals(lines)
        labels = _read_labels(one for rows in proposals.values() for one in rows)
        return [_show(line, proposals.get(line.id, ()), labels) for line in lines]

    def find(self, staff: Staff, key: str) -> BankLine:
        """A line of the seller's accounts."""
        rows = BankLine.objects.filter(bank_account__seller=staff.seller, public_id=key)
        line: BankLine = found(rows.select_related("bank_account__seller", "statement").first())
        return line

    def show(self, staff: Staff, one: BankLine) -> Row:
        """The line as a row."""
        proposals = _read_proposals([one]).get(one.id, ())
        return _show(one, proposals, _read_labels(proposals))

    def list_facts(self, staff: Staff, one: BankLine) -> list[tuple[str, Any]]:
        """What the bank says."""
        statement = one.statement.reference or one.statement.name or one.statement.public_id
        return [
            ("Name", one.name),
            ("Account of theirs", one.iban),
            ("Text", one.text),
            ("Reference", one.creditor_reference or one.end_to_end_id),
            ("Amount of the line", format_money(one.amount_minor, one.currency)),
            ("Booked by the bank", format_day(one.booked_on, "weekday")),
            ("Our bank account", f"{one.bank_account.code}, statement {statement}"),
        ]

    def list_deeds(self, staff: Staff, one: BankLine, today: date) -> list[Deed]:
        """Accept or reject each proposal; else say whose it is, or leave it to other books."""
        back = _take_back(one)
        if one.status not in (BankLineStatus.OPEN, BankLineStatus.PROPOSED):
            return back
        proposals = _read_proposals([one]).get(one.id, ())
        labels = _read_labels(proposals)
        deeds = []
        for match in proposals:
            title = f"{match.confidence} %: {_say_match(match, labels)}"
            hidden = (("match", match.public_id),)
            reasons = explain_reasons(match.reasons)
            effects = _list_effects(match, one, labels)
            verb = f"Book {format_money(match.amount_minor, one.currency)}"
            deeds.append(Deed("accept", verb, effects, _MAY, (), hidden, title, reasons))
            deeds.append(
                Deed(
                    "reject",
                    "It is not this",
                    ["This is not proposed for the line again; the line stays here."],
                    _MAY,
                    (),
                    hidden,
                )
            )
        if one.open_minor > 0:
            deeds.append(_split(one))
        return [*deeds, _ignore(one), *back]

    def do(self, one: BankLine, ask: Ask) -> Done:
        """Do one of these, or take back what was booked."""
        terms: dict[str, Any] = {"now": ask.now, "actor": ask.staff.actor}
        if ask.deed == "accept":
            match = accept_match(match=_find_match(one, ask), today=ask.today, **terms)
            said = _say_match(match, _read_labels([match]))
            return self._booked(one, match, f"Booked: {said}.")
        if ask.deed == "reject":
            reject_match(match=_find_match(one, ask), **terms)
            return Done("It will not be proposed again.", is_open=True)
        if ask.deed == "split":
            account = read_account(ask.staff.seller, ask.text("account"))
            minor = read_amount(ask.text("amount"), one.currency, one.open_minor)
            share = Share(account, minor, tuple(read_invoices(account, ask.text("invoices"))))
            match = split_line(line=one, shares=[share], today=ask.today, **terms)[0]
            amount = format_money(minor, one.currency)
            return self._booked(one, match, f"{amount} booked as a payment of {account.name}.")
        if ask.deed == "ignore":
            reason = ask.text("reason")
            match = ignore_line(line=one, reason=reason, today=ask.today, **terms)
            return self._booked(one, match, "Left to other books.")
        if ask.deed == "undo":
            undo_match(match=_find_match(one, ask), reason=_REASON, today=ask.today, **terms)
            return Done("Taken back by a reversing entry; the line is open again.", is_open=True)
        raise Http404

    def _booked(self, one: BankLine, match: BankMatch, text: str) -> Done:
        one.refresh_from_db()
        left = format_money(one.open_minor, one.currency)
        more = f" {left} of the line is still open." if one.open_minor else ""
        return Done(text + more, _undo(match), is_open=bool(one.open_minor))


def _find_match(line: BankLine, ask: Ask) -> BankMatch:
    rows = BankMatch.objects.filter(line=line, public_id=ask.text("match"))
    match: BankMatch = found(rows.select_related("line__bank_account__seller", *_WITH).first())
    return match


def _read_proposals(lines: Sequence[BankLine]) -> Mapping[int, list[BankMatch]]:
    rows = BankMatch.objects.filter(line__in=lines, status=MatchStatus.PROPOSED)
    grouped = defaultdict(list)
    for match in rows.select_related(*_WITH).order_by("-confidence", "id"):
        grouped[match.line_id].append(match)
    return grouped


def _read_labels(matches: Iterable[BankMatch]) -> Labels:
    """The numbers of the invoices that matches name, and what is open of each."""
    names = {name for match in matches for name in match.invoices}
    rows = Invoice.objects.filter(public_id__in=names) if names else Invoice.objects.none()
    return {
        name: (label, minor)
        for name, label, minor in rows.values_list("public_id", "label", "open_minor")
    }


def _show(line: BankLine, proposals: Sequence[BankMatch], labels: Labels) -> Row:
    way = "from" if line.amount_minor > 0 else "to"
    who = line.name or line.text[:60] or "somebody unnamed"
    best = proposals[0] if proposals else None
    note = f"Probably {_say_match(best, labels)}" if best else "Nothing says what it is for."
    if line.status in (BankLineStatus.BOOKED, BankLineStatus.IGNORED):
        note = "Placed."
    verb = "came in" if line.amount_minor > 0 else "went out"
    return Row(
        line.public_id,
        f"{format_money(abs(line.open_minor), line.currency)} {verb} {way} {who}",
        note,
        on=line.booked_on,
        state="action" if best else "",
        state_word=f"{best.confidence} %" if best else "",
    )


def _say_match(match: BankMatch, labels: Labels) -> str:
    """What a match says, in few words."""
    if match.payout is not None:
        return f"payout {match.payout.reference} of {match.payout.gateway}"
    if match.refund is not None and match.account is not None:
        return f"the refund to {match.account.name}"
    if match.account is None:
        return "no business of these books" if match.kind == MatchKind.OTHER else str(match.key)
    if match.kind == MatchKind.RETURN:
        return f"a debit of {match.account.name} that came back"
    named = ", ".join(labels[name][0] for name in match.invoices if name in labels)
    return f"{match.account.name}, {named or 'as credit'}"


def _list_effects(match: BankMatch, line: BankLine, labels: Labels) -> list[str]:
    amount = format_money(match.amount_minor, line.currency)
    if match.kind != MatchKind.PAYMENT or match.account is None:
        return [f"{amount} of the line is booked as {_say_match(match, labels)}."]
    if match.payment is not None:
        return [f"The line is booked as the payment that was recorded for {match.account.name}."]
    effects = [f"{amount} is booked as a payment of {match.account.name}."]
    left = match.amount_minor
    for name in match.invoices:
        if name in labels and left > 0:
            label, open_minor = labels[name]
            part = min(left, open_minor)
            rest = open_minor - part
            still = f"; {format_money(rest, line.currency)} of it stays open" if rest else ""
            effects.append(f"It settles {label} with {format_money(part, line.currency)}{still}.")
            left -= part
    if left > 0:
        effects.append(f"{format_money(left, line.currency)} becomes credit of the customer.")
    return effects


def _take_back(line: BankLine) -> list[Deed]:
    """What was booked of a line, to be taken back."""
    rows = BankMatch.objects.filter(line=line, status=MatchStatus.BOOKED).select_related(*_WITH)
    matches = list(rows.order_by("-id")[:PAGE])
    labels = _read_labels(matches)
    return [_undo(match, f"Booked: {_say_match(match, labels)}") for match in matches]


def _undo(match: BankMatch, title: str = "") -> Deed:
    effects = ["A reversing entry is booked, and the amount of the line is open again."]
    if match.kind == MatchKind.PAYMENT and match.account_id:
        effects.append("The payment is taken out of the book; what it settled is owed again.")
    hidden = (("match", match.public_id),)
    return Deed("undo", "Take it back", effects, _MAY, (), hidden, title, is_danger=bool(title))


def _split(line: BankLine) -> Deed:
    amount = format_money(line.open_minor, line.currency)
    return Deed(
        "split",
        "Book for this account",
        [
            f"The amount, {amount} unless you say less, becomes a payment of that account.",
            "It settles the invoices you name, or else those due first; the rest becomes credit.",
            "What you leave of the line stays here, for another account.",
        ],
        _MAY,
        (
            Field("account", "Account", hint="Number, or a part of the name", kind="account"),
            Field("amount", "Amount", hint=f"All of it: {amount}", kind="amount", is_needed=False),
            Field("invoices", "Invoices", hint="Those due first", is_needed=False),
        ),
        title="Say whose money it is",
    )


def _ignore(line: BankLine) -> Deed:
    amount = format_money(abs(line.open_minor), line.currency)
    return Deed(
        "ignore",
        "Leave it to other books",
        [f"{amount} is set aside as no business of these books, and is not asked about again."],
        _MAY,
        (Field("reason", "Why", hint="such as: rent of November"),),
        title="No business of ours",
    )
