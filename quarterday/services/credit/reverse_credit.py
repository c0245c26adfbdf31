"""Take back a grant that was a mistake."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from django.db import transaction

from quarterday.core.access import StaffPermission, StaffRole
from quarterday.core.errors import BillingError
from quarterday.core.ledger import JournalEntry as Entry
from quarterday.core.ledger import grant_credit as post_grant
from quarterday.core.ledger import post_deposit, reverse
from quarterday.services.accounts.claim_row import claim_row
from quarterday.services.credit.credit_kinds import GIFTS, ledger_kind
from quarterday.services.credit.move_grant import deduct_grant
from quarterday.services.events.record_event import record_event
from quarterday.services.inputs import check_text
from quarterday.services.ledger.post_entry import post_entry
from quarterday.services.staff.check_staff import check_staff
from quarterday.store.models import CreditDeduction, CreditGrant, CreditKind, DeductionKind
from quarterday.store.queries.credit import find_deposit_method


def reverse_credit(
    *,
    grant: CreditGrant,
    today: date,
    now: datetime,
    reason: str,
    role: str = StaffRole.OWNER,
    actor: str = "system",
) -> CreditDeduction:
    """Take back what is left of a grant, as if it had never been given.

    A gift takes back its expense, a deposit leaves the clearing account that it came in by. What
    settled invoices stays there: reverse those allocations first. Raises `BillingError` when
    nothing is left, or for credit that came from a payment or a credit note, or when the ``role``
    of staff may not.
    """
    check_staff(role, StaffPermission.GRANT_CREDIT)
    reason = check_text(reason, "reason", 500)
    with transaction.atomic():
        account, grant = claim_row(grant)
        amount = grant.open_minor
        if not amount:
            raise BillingError(
                f"credit {grant.public_id} has nothing left; reverse its allocations first"
            )
        entry = _original(grant, amount, today)
        deduction = deduct_grant(
            grant, amount, DeductionKind.REVERSED, on=today, now=now, reason=reason
        )
        undone = reverse(entry, on=today, reference=entry.reference, memo=reason[:200])
        post_entry(
            replace(undone, kind="credit_reversal"),
            seller_id=account.seller_id,
            source=deduction.public_id,
        )
        record_event(
            kind="credit.reversed",
            subject=grant.public_id,
            seller_id=account.seller_id,
            account_id=account.id,
            actor=actor,
            now=now,
            data={"amount_minor": amount, "currency": grant.currency, "reason": reason},
        )
    return deduction


def _original(grant: CreditGrant, amount_minor: int, on: date) -> Entry:
    """The entry that gave this much of the grant."""
    reference = grant.external_id or grant.public_id
    if grant.kind in GIFTS:
        return post_grant(
            on=on,
            reference=reference,
            account=grant.account_id,
            currency=grant.currency,
            amount_minor=amount_minor,
            kind=ledger_kind(grant.kind),
        )
    if grant.kind != CreditKind.DEPOSIT:
        raise BillingError(
            f"credit {grant.public_id} is money of the customer ({grant.kind}); refund its "
            "payment or deduct it instead"
        )
    return post_deposit(
        on=on,
        reference=reference,
        account=grant.account_id,
        currency=grant.currency,
        amount_minor=amount_minor,
        method=find_deposit_method(grant.public_id),
    )
