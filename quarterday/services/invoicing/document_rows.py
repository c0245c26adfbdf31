"""The rows of documents: what a draft becomes in each table, its entry in the book, its event."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db import connection

from quarterday.core.allocation import Grant, draw_credits
from quarterday.core.invoice import Draft
from quarterday.core.ledger import CreditKind as LedgerCreditKind
from quarterday.core.ledger import JournalEntry as Entry
from quarterday.core.ledger import apply_credit, grant_credit, post_credit_note, post_invoice
from quarterday.core.money import plain
from quarterday.core.settings import CreditUse
from quarterday.core.tax import TaxAmount
from quarterday.services.invoicing.batch_rows import BatchRows
from quarterday.services.invoicing.catalog import Catalog, SellerInfo
from quarterday.services.invoicing.draft_account import resolve_settings
from quarterday.services.invoicing.drafts import DueDraft
from quarterday.services.invoicing.scoped_credit import limit_grants
from quarterday.services.invoicing.summary import RunSummary
from quarterday.store.bulk import to_column
from quarterday.store.fields import make_public_id
from quarterday.store.queries.billing import AccountRow, GrantRow

_NOTE_PRIORITY = 100


class DocumentRows:
    """Makes the rows of one batch of documents, and counts them."""

    def __init__(self, today: date, now: datetime, catalog: Catalog, rows: BatchRows) -> None:
        # As every other writer of events has it, so that the database can order them by time.
        self.now = connection.ops.adapt_datetimefield_value(now)
        self.today, self.catalog = today, catalog
        self.rows = rows
        self.summary = RunSummary()

    def add_invoice(
        self,
        account: AccountRow,
        due: DueDraft,
        key: int,
        number: int,
        entry_key: int,
        grants: dict[int, list[GrantRow]],
    ) -> None:
        """An invoice; its account's open credit settles it where the settings say so."""
        draft, seller = due.draft, self.catalog.seller(account.seller_id)
        public_id, today = make_public_id("inv"), to_column(self.today)
        label = seller.labels["invoice"].label(number)
        total = draft.total_minor
        open_minor = total
        if total and account.id in grants:
            open_minor -= self._use_credit(account, seller, key, label, draft, grants[account.id])
        status = "open" if open_minor else "paid"
        self.rows.invoices.append(
            (
                key,
                public_id,
                seller.id,
                account.id,
                "invoice",
                number,
                label,
                account.currency,
                today,
                status,
                to_column(due.due_on),
                open_minor,
                seller.snapshot_id,
                account.snapshot_id,
                draft.net_minor,
                draft.tax_minor,
                total,
            )
        )
        self._add_lines(account, draft, key)
        self.rows.taxes += [self._tax_row(tax, key, 1) for tax in draft.taxes]
        entry = post_invoice(
            on=self.today,
            reference=label,
            account=account.id,
            currency=account.currency,
            gross_minor=total,
            nets=_income(draft),
            taxes=[(_tax_name(tax), tax.tax_minor) for tax in draft.taxes],
        )
        self._add_entry(entry, seller, public_id, entry_key)
        self._add_event(
            seller, account, "invoice.issued", public_id, label, total, account.currency
        )
        self.summary.add_invoice(account.currency, len(draft.lines), total, total - open_minor)

    def _add_lines(self, account: AccountRow, draft: Draft, key: int) -> None:
        append = self.rows.lines.append
        lines = zip(draft.lines, draft.income_minor, strict=True)
        for position, ((charge, discount, net, code, explanation), base) in enumerate(lines, 1):
            source = charge.key
            append(
                (
                    key,
                    position,
                    account.id,
                    source.subscription_id,
                    source.item_id,
                    source.product_id,
                    charge.kind,
                    source.revision,
                    charge.description,
                    to_column(charge.period.start),
                    to_column(charge.period.end),
                    plain(charge.quantity),
                    charge.unit_code,
                    plain(charge.amount.unit_price),
                    charge.amount.minor,
                    discount,
                    net,
                    base,
                    code,
                    source.income_code,
                    explanation,
                )
            )

    def _tax_row(self, tax: TaxAmount, key: int, sign: int) -> tuple[Any, ...]:
        rate = tax.rate
        return (
            key,
            rate.code if rate else tax.category,
            rate.name if rate else tax.reason or "No tax",
            plain(tax.percent),
            tax.category,
            tax.reason_code,
            tax.reason,
            sign * tax.base_minor,
            sign * tax.tax_minor,
        )

    def _use_credit(
        self,
        account: AccountRow,
        seller: SellerInfo,
        key: int,
        label: str,
        draft: Draft,
        grants: list[GrantRow],
    ) -> int:
        """Settle a new invoice from open credit, in order of use; how much of it was settled."""
        settings = resolve_settings(self.catalog, account, None, None)
        if settings.credit_use is not CreditUse.AT_ISSUE:
            return 0
        own = [(place, g) for place, g in enumerate(grants) if g.currency == account.currency]
        if seller.pays_orders and not any(g.scope for _, g in own):
            needs = None
            usable = [
                Grant(place, g.priority, g.granted_on, g.open_minor, g.expires_on)
                for place, g in own
            ]
        else:
            usable, needs = limit_grants(draft, own, pays_orders=seller.pays_orders)
        draws = draw_credits(draft.total_minor, usable, self.today, needs)
        for draw in draws:
            index = int(draw.key)
            grant = grants[index]
            grants[index] = grant._replace(open_minor=grant.open_minor - draw.amount_minor)
            self.rows.draws.append((grant.id, draw.amount_minor))
            if grant.advance_id is not None:
                self.rows.advances.append((grant.id, draw.amount_minor))
            public_id = make_public_id("alc")
            self.rows.allocations.append(
                (public_id, key, None, grant.id, None, to_column(self.today), draw.amount_minor)
            )
            entry = apply_credit(
                on=self.today,
                reference=label,
                account=account.id,
                currency=account.currency,
                amount_minor=draw.amount_minor,
            )
            self._add_entry(entry, seller, public_id, None)
        return sum(draw.amount_minor for draw in draws)

    def add_credit_note(
        self, account: AccountRow, draft: Draft, key: int, number: int, grant_key: int
    ) -> GrantRow:
        """Credits that outweigh what is charged: a credit note, and its value as credit."""
        seller = self.catalog.seller(account.seller_id)
        public_id, total = make_public_id("crn"), -draft.total_minor
        label = seller.labels["credit_note"].label(number)
        self.rows.notes.append(
            (
                key,
                public_id,
                seller.id,
                account.id,
                "credit_note",
                number,
                label,
                account.currency,
                to_column(self.today),
                seller.snapshot_id,
                account.snapshot_id,
                -draft.net_minor,
                -draft.tax_minor,
                total,
                "Credits that exceed what is charged",
            )
        )
        self._add_note_lines(draft, key)
        self.rows.note_taxes += [self._tax_row(tax, key, -1) for tax in draft.taxes]
        entry = post_credit_note(
            on=self.today,
            reference=label,
            account=account.id,
            currency=account.currency,
            gross_minor=total,
            nets=[(code, -amount) for code, amount in _income(draft)],
            taxes=[(_tax_name(tax), -tax.tax_minor) for tax in draft.taxes],
        )
        self._add_entry(entry, seller, public_id, None)
        self._add_event(
            seller, account, "credit_note.issued", public_id, label, total, account.currency
        )
        self.summary.add_credit_note(account.currency, total)
        return self._grant_note(account, seller, grant_key, label, total)

    def _add_note_lines(self, draft: Draft, key: int) -> None:
        lines = zip(draft.lines, draft.income_minor, strict=True)
        for position, (line, base) in enumerate(lines, 1):
            charge, source = line.charge, line.charge.key
            self.rows.note_lines.append(
                (
                    key,
                    position,
                    None,
                    source.item_id,
                    source.product_id,
                    charge.kind,
                    charge.description,
                    to_column(charge.period.start),
                    to_column(charge.period.end),
                    plain(charge.quantity),
                    charge.unit_code,
                    plain(charge.amount.unit_price),
                    -line.net_minor,
                    -base,
                    line.tax_code,
                    source.income_code,
                    line.explanation,
                )
            )

    def _grant_note(
        self, account: AccountRow, seller: SellerInfo, key: int, label: str, total: int
    ) -> GrantRow:
        """The value of a credit note becomes credit, which the next invoice uses."""
        public_id = make_public_id("crd")
        self.rows.grants.append(
            (
                key,
                public_id,
                account.id,
                "credit_note",
                account.currency,
                total,
                total,
                _NOTE_PRIORITY,
                to_column(self.today),
                label,
                "{}",
            )
        )
        entry = grant_credit(
            on=self.today,
            reference=label,
            account=account.id,
            currency=account.currency,
            amount_minor=total,
            kind=LedgerCreditKind.DEPOSIT,
        )
        self._add_entry(entry, seller, public_id, None)
        return GrantRow(
            key,
            account.id,
            public_id,
            "credit_note",
            account.currency,
            total,
            _NOTE_PRIORITY,
            self.today,
            None,
        )

    def _add_entry(self, entry: Entry, seller: SellerInfo, source: str, key: int | None) -> None:
        """Keep an entry and its postings; those without a key get one when they are written."""
        if not entry.postings:
            return
        row = (seller.id, entry.kind, to_column(entry.on), source, entry.reference, entry.memo)
        ledger_key = seller.ledger.key
        postings = [
            (ledger_key(p.ledger_account), p.account, p.currency, p.amount_minor)
            for p in entry.postings
        ]
        self.rows.add_entry(key, row, postings)

    def _add_event(
        self,
        seller: SellerInfo,
        account: AccountRow,
        kind: str,
        subject: str,
        label: str,
        total: int,
        currency: str,
    ) -> None:
        data = f'{{"currency":"{currency}","label":"{label}","total_minor":{total}}}'
        self.rows.events.append(
            (seller.id, account.id, kind, subject, "billing run", self.now, data)
        )


def _income(draft: Draft) -> Iterable[tuple[str, int]]:
    """Income by code: lines that earn to one account are one posting."""
    found: dict[str, int] = {}
    for line, net in zip(draft.lines, draft.income_minor, strict=True):
        code = line.charge.key.income_code
        found[code] = found.get(code, 0) + net
    return found.items()


def _tax_name(tax: TaxAmount) -> str:
    """The ledger's name for a tax; what is not taxed posts nothing."""
    return tax.rate.code if tax.rate else tax.category
