"""Grant credit: a deposit that was paid in, or a gift of the seller."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction

from quarterday.core.access import StaffPermission, StaffRole
from quarterday.core.credit_scope import read_scope
from quarterday.core.errors import BillingError
from quarterday.core.ledger import JournalEntry as Entry
from quarterday.core.ledger import grant_credit as post_grant
from quarterday.core.ledger import post_deposit
from quarterday.core.limits import check_minor
from quarterday.services.accounts.claim_account import claim_account
from quarterday.services.approvals.check_limit import check_gift
from quarterday.services.compare import check_same
from quarterday.services.credit.credit_kinds import GIFTS, default_priority, ledger_kind
from quarterday.services.credit.issue_advance import tax_deposit
from quarterday.services.credit.open_grant import record_granted
from quarterday.services.inputs import check_external_id, check_text, check_word
from quarterday.services.ledger.post_entry import post_entry
from quarterday.services.messages.queue_message import queue_message
from quarterday.services.staff.check_staff import check_staff
from quarterday.store.models import Account, CreditGrant, CreditKind, Product

_SAME = "kind amount_minor priority expires_on reason scope".split()


def grant_credit(
    *,
    account: Account,
    kind: str,
    amount_minor: int,
    today: date,
    now: datetime,
    method: str = "",
    expires_on: date | None = None,
    priority: int | None = None,
    scope: Mapping[str, Any] | None = None,
    reason: str = "",
    external_id: str | None = None,
    role: str = StaffRole.OWNER,
    actor: str = "system",
) -> CreditGrant:
    """Give an account credit in its currency, in minor units, as a ``role`` of staff that may.

    A ``deposit`` is money that came in by ``method``; ``promotional`` and ``goodwill`` credit is
    a gift, and an expense. ``expires_on`` is the first day on which it can no longer be used.
    Gifts are used before paid credit unless ``priority`` says otherwise. ``scope`` keeps it to
    new ``orders`` or ``renewals`` (``use``), and to ``products`` by code.
    A ``role`` below the owner gives gifts within the limit of approvals only.
    The same ``external_id`` with the same input returns the grant as it stands. Raises
    `Conflict` for other input under it, and `BillingError` for bad input.
    """
    check_staff(role, StaffPermission.GRANT_CREDIT)
    grant = CreditGrant(
        account=account,
        external_id=check_external_id(external_id),
        kind=_check_kind(kind, method),
        currency=account.currency,
        amount_minor=_check_amount(amount_minor),
        open_minor=amount_minor,
        priority=default_priority(kind) if priority is None else priority,
        granted_on=today,
        expires_on=_check_expiry(expires_on, today),
        reason=reason,
        scope=_check_scope(account, scope),
    )
    with transaction.atomic():
        account = claim_account(account.id)
        if known := _find(grant):
            return known
        if role != StaffRole.OWNER and kind in GIFTS:
            check_gift(account=account, amount_minor=amount_minor, actor=actor, now=now)
        grant.currency = account.currency
        grant.save(force_insert=True)
        entry = _make_entry(grant, method)
        post_entry(entry, seller_id=account.seller_id, source=grant.public_id)
        record_granted(account, grant, now=now, actor=actor)
        if grant.kind == CreditKind.DEPOSIT:
            tax_deposit(account, grant, on=today, now=now)
        queue_message(
            kind="credit_added", account=account, subject=grant.public_id, now=now, on=today
        )
    return grant


def _check_kind(kind: str, method: str) -> CreditKind:
    found = check_word(CreditKind, kind, "kind")
    if found is CreditKind.DEPOSIT:
        check_text(method, "method (how the deposit was paid)", 32)
    elif found not in GIFTS:
        raise BillingError(
            f"kind {kind} arises by itself; record a payment or credit an invoice instead"
        )
    elif method:
        raise BillingError(f"method must be empty for {kind} credit, since no money came in")
    return found


def _check_scope(account: Account, scope: Mapping[str, Any] | None) -> dict[str, Any]:
    """The scope as it is stored; a code that is no product would never be paid for."""
    found = read_scope(scope)
    rows = Product.objects.filter(seller=account.seller_id, code__in=found.products)
    if missing := found.products.difference(rows.values_list("code", flat=True)):
        codes = Product.objects.filter(seller=account.seller_id).order_by("code")
        known = ", ".join(codes.values_list("code", flat=True)[:10]) or "none"
        raise BillingError(f"the seller has no product {min(missing)!r}; its products: {known}")
    return found.to_data()


def _check_amount(amount_minor: int) -> int:
    if amount_minor < 1:
        raise BillingError(f"amount_minor must be at least 1, not {amount_minor}")
    return check_minor(amount_minor, "amount_minor")


def _check_expiry(expires_on: date | None, today: date) -> date | None:
    if expires_on is not None and expires_on <= today:
        raise BillingError(f"expires_on must be later than today, {today}, not {expires_on}")
    return expires_on


def _find(asked: CreditGrant) -> CreditGrant | None:
    """The grant that already has the external id, if it is the same."""
    if asked.external_id is None:
        return None
    rows = CreditGrant.objects.filter(account_id=asked.account_id, external_id=asked.external_id)
    known = rows.first()
    label = f"credit {asked.external_id} was granted"
    remedy = "use another external_id for another grant"
    return known and check_same(known, asked, _SAME, label=label, remedy=remedy)


def _make_entry(grant: CreditGrant, method: str) -> Entry:
    """A deposit is money in the clearing account; a gift is an expense."""
    reference = grant.external_id or grant.public_id
    if grant.kind == CreditKind.DEPOSIT:
        return post_deposit(
            on=grant.granted_on,
            reference=reference,
            account=grant.account_id,
            currency=grant.currency,
            amount_minor=grant.amount_minor,
            method=method,
            memo=grant.reason[:200],
        )
    return post_grant(
        on=grant.granted_on,
        reference=reference,
        account=grant.account_id,
        currency=grant.currency,
        amount_minor=grant.amount_minor,
        kind=ledger_kind(grant.kind),
        memo=grant.reason[:200],
    )
