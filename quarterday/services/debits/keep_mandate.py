"""Keep a mandate; the number of the account is sealed, and nowhere else."""

from __future__ import annotations

from datetime import date, datetime

from quarterday.core.errors import BillingError
from quarterday.core.sepa import is_mandate_reference
from quarterday.ports.outcomes import DebitMandate
from quarterday.services.debits.vault import seal
from quarterday.services.errors import Conflict
from quarterday.services.events.record_event import record_event
from quarterday.store.models import Account, Mandate, MandateScheme, PaymentMethod


def keep_mandate(
    *,
    account: Account,
    given: DebitMandate,
    method: PaymentMethod | None,
    now: datetime,
    last_used_on: date | None = None,
    actor: str = "system",
) -> Mandate:
    """The mandate of an account, kept once; for services that hold transaction and account.

    Without a ``method`` it is for a single debit. Raises `Conflict` where the reference is that
    of another mandate of the seller.
    """
    if known := Mandate.objects.filter(seller=account.seller_id, reference=given.reference).first():
        if known.account_id != account.id:
            raise Conflict(
                f"mandate {given.reference} is of another account; give this one another reference"
            )
        return known
    if not is_mandate_reference(given.reference):
        raise BillingError(
            f"{given.reference!r} cannot be the reference of a mandate; use at most 35 letters, "
            "digits and -/?:().,'+"
        )
    mandate = Mandate(
        seller=account.seller,
        account=account,
        method=method,
        reference=given.reference,
        scheme=MandateScheme(given.scheme),
        holder=given.holder[:70],
        last_digits=given.iban[-4:],
        bic=given.bic,
        signed_on=given.signed_on,
        evidence=dict(given.evidence),
        first_used_on=last_used_on,
        last_used_on=last_used_on,
    )
    mandate.sealed_iban = seal(given.iban, owner=mandate.public_id)
    mandate.save(force_insert=True)
    record_mandate(account, mandate, "mandate.kept", now, actor)
    return mandate


def record_mandate(
    account: Account, mandate: Mandate, kind: str, now: datetime, actor: str
) -> None:
    """The event of a mandate; the account's number stays out of the log."""
    record_event(
        kind=kind,
        subject=mandate.public_id,
        seller_id=account.seller_id,
        account_id=account.id,
        actor=actor,
        now=now,
        data={
            "reference": mandate.reference,
            "scheme": str(mandate.scheme),
            "last_digits": mandate.last_digits,
        },
    )
