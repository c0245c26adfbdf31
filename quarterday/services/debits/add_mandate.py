"""Take over a mandate that was given elsewhere, on paper or in another program."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from stdnum import bic as bic_numbers
from stdnum import iban as iban_numbers
from stdnum.exceptions import ValidationError

from quarterday.core.errors import BillingError
from quarterday.core.sepa import clean_sepa_text, expires_on
from quarterday.ports.outcomes import DebitMandate, KeptMethod
from quarterday.services.accounts.claim_account import claim_account
from quarterday.services.inputs import check_word
from quarterday.services.payments.keep_method import keep_method
from quarterday.store.models import Account, Mandate, MandateScheme

CODE = "sepa_debit"


def add_mandate(
    *,
    account: Account,
    reference: str,
    holder: str,
    iban: str,
    signed_on: date,
    today: date,
    now: datetime,
    bic: str = "",
    scheme: str = MandateScheme.CORE,
    last_used_on: date | None = None,
    actor: str = "system",
) -> Mandate:
    """The mandate, and the way to pay that it is; the same reference is kept once.

    ``last_used_on`` says that it was used before: then its next debit is not the first. Raises
    `BillingError` for a number that cannot be right, and for a mandate that has expired.
    """
    try:
        number = str(iban_numbers.validate(iban))
        bank = str(bic_numbers.validate(bic)) if bic.strip() else ""
    except ValidationError:
        # The number itself is not said: messages end up in logs.
        raise BillingError(
            f"IBAN or BIC of mandate {reference} has wrong check digits; look it up again"
        ) from None
    if not (name := clean_sepa_text(holder, 70)):
        raise BillingError(f"mandate {reference} has no holder; give the name of the account")
    if max(signed_on, last_used_on or signed_on) > today:
        raise BillingError(f"mandate {reference} is of a day to come; give the day it was signed")
    if expires_on(signed_on, last_used_on) <= today:
        raise BillingError(
            f"mandate {reference} was not used for 36 months, so it has expired; have a new one "
            "signed"
        )
    evidence = {"origin": "taken over"} | ({"used_before": "yes"} if last_used_on else {})
    given = DebitMandate(
        reference=reference.strip(),
        holder=name,
        iban=number,
        signed_on=signed_on,
        bic=bank,
        scheme=check_word(MandateScheme, scheme.upper(), "scheme"),
        evidence=evidence,
    )
    kept = KeptMethod(given.reference, CODE, f"IBAN •••• {number[-4:]}", mandate=given)
    with transaction.atomic():
        account = claim_account(account.id)
        is_known = Mandate.objects.filter(account=account, reference=given.reference).exists()
        method = keep_method(account=account, gateway=CODE, kept=kept, now=now, actor=actor)
        mandate = Mandate.objects.select_related("account").get(method=method)
        if last_used_on is not None and not is_known:
            Mandate.objects.filter(id=mandate.id).update(
                first_used_on=last_used_on, last_used_on=last_used_on
            )
            mandate.first_used_on = mandate.last_used_on = last_used_on
    return mandate
