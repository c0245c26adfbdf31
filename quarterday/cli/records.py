"""Rows of the store as plain data, for ``--json`` and for tables: one function for each noun."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from quarterday.cli.output import amount

if TYPE_CHECKING:
    from quarterday.store.models import (
        Account,
        CreditGrant,
        CreditNote,
        Invoice,
        Payment,
        PendingCharge,
        Subscription,
        SubscriptionItem,
    )
    from quarterday.store.queries.balances import Balance

Record = dict[str, Any]


def account_record(row: Account, balance: Balance) -> Record:
    """An account, with what it owes and its open credit."""
    return {
        "id": row.public_id,
        "external_id": row.external_id,
        "account": str(row),
        "seller": row.seller.code,
        "name": row.name,
        "status": str(row.status),
        "currency": row.currency,
        "owed": amount(balance.owed_minor, row.currency),
        "overdue": amount(balance.overdue_minor, row.currency),
        "credit": amount(balance.credit_minor, row.currency),
    }


def account_details(row: Account) -> Record:
    """What only the account's own page shows."""
    return {
        "language": row.language,
        "country": row.country,
        "region": row.region,
        "address": row.address,
        "tax_id": row.tax_id,
        "tax_id_evidence": row.tax_id_evidence,
        "tax_exempt_reason": row.tax_exempt_reason,
        "settings": row.settings,
        "data": row.data,
    }


def subscription_record(row: Subscription) -> Record:
    """A subscription without its items."""
    return {
        "id": row.public_id,
        "external_id": row.external_id,
        "subscription": str(row),
        "account": str(row.account),
        "seller": row.account.seller.code,
        "plan": f"{row.plan.product.code}/{row.plan.code}",
        "status": str(row.status),
        "start_on": row.start_on,
        "trial_end": row.trial_end,
        "end_on": row.end_on,
        "paused_on": row.paused_on,
    }


def item_record(row: SubscriptionItem) -> Record:
    """An item of a subscription."""
    plan = row.price.plan
    return {
        "role": str(row.role),
        "plan": f"{plan.product.code}/{plan.code}",
        "price": row.price.code,
        "currency": row.price.currency,
        "quantity": row.quantity,
        "start_on": row.start_on,
        "end_on": row.end_on,
        "billed_through": row.billed_through,
    }


def charge_record(row: PendingCharge) -> Record:
    """A charge or credit that waits for an invoice."""
    return {
        "id": row.public_id,
        "kind": row.kind,
        "description": row.description,
        "period_start": row.period_start,
        "period_end": row.period_end,
        "bill_on": row.bill_on,
        "currency": row.currency,
        "amount": amount(row.amount_minor, row.currency),
    }


def invoice_record(row: Invoice) -> Record:
    """An invoice without its lines."""
    return {
        "id": row.public_id,
        "label": row.label,
        "seller": row.seller.code,
        "account": str(row.account),
        "status": str(row.status),
        "issued_on": row.issued_on,
        "due_on": row.due_on,
        "currency": row.currency,
        "net": amount(row.net_minor, row.currency),
        "tax": amount(row.tax_minor, row.currency),
        "total": amount(row.total_minor, row.currency),
        "open": amount(row.open_minor, row.currency),
    }


def credit_note_record(row: CreditNote) -> Record:
    """A credit note without its lines."""
    return {
        "id": row.public_id,
        "label": row.label,
        "seller": row.seller.code,
        "account": str(row.account),
        "invoice": row.invoice.label if row.invoice else None,
        "issued_on": row.issued_on,
        "currency": row.currency,
        "net": amount(row.net_minor, row.currency),
        "tax": amount(row.tax_minor, row.currency),
        "total": amount(row.total_minor, row.currency),
        "reason": row.reason,
    }


def payment_record(row: Payment) -> Record:
    """A payment; ``open`` is what neither an invoice nor credit has taken."""
    return {
        "id": row.public_id,
        "external_id": row.external_id,
        "payment": row.external_id or row.public_id,
        "account": str(row.account),
        "seller": row.account.seller.code,
        "status": str(row.status),
        "method": row.method,
        "reference": row.reference,
        "received_on": row.received_on,
        "currency": row.currency,
        "amount": amount(row.amount_minor, row.currency),
        "open": amount(row.open_minor, row.currency),
    }


def grant_record(row: CreditGrant) -> Record:
    """A credit grant, with what is left of it."""
    return {
        "id": row.public_id,
        "external_id": row.external_id,
        "grant": row.external_id or row.public_id,
        "account": str(row.account),
        "seller": row.account.seller.code,
        "kind": str(row.kind),
        "granted_on": row.granted_on,
        "expires_on": row.expires_on,
        "priority": row.priority,
        "scope": row.scope,
        "currency": row.currency,
        "amount": amount(row.amount_minor, row.currency),
        "open": amount(row.open_minor, row.currency),
        "reason": row.reason,
    }
