"""Charge a kept method with nobody there: write the intent, ask the gateway, write the answer."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from quarterday.core.errors import BillingError
from quarterday.core.period import local_date
from quarterday.ports.gateway import Ability, ask, find_out
from quarterday.ports.outcomes import DeclineCode, Declined, Outcome
from quarterday.services.accounts.claim_account import claim_account
from quarterday.services.payments.finish_attempt import finish_attempt
from quarterday.services.payments.make_intent import make_intent
from quarterday.services.payments.start_attempt import start_attempt
from quarterday.store.models import Account, AttemptStatus, PaymentAttempt, PaymentMethod
from quarterday.store.queries.collecting import fingerprint
from quarterday.store.queries.paying import open_gateway_of

_log = logging.getLogger(__name__)


def charge_method(
    *,
    account: Account,
    method: PaymentMethod,
    amount_minor: int,
    invoices: Sequence[str],
    now: datetime,
    begin: Callable[[PaymentAttempt], None] | None = None,
    data: Mapping[str, Any] | None = None,
    actor: str = "system",
) -> PaymentAttempt:
    """The attempt after the gateway has answered; call it outside of every transaction.

    ``invoices`` are public ids, none means credit. ``begin`` is called in the transaction that
    writes the attempt, with the account claimed: what it writes, such as by compare-and-set that
    this try was taken, stands exactly if the attempt does; what it raises undoes both. Raises
    `BillingError` only while nobody was asked, such as `Conflict` while the payer pays the same.
    """
    attempt = start_charge(
        account=account,
        method=method,
        amount_minor=amount_minor,
        invoices=invoices,
        now=now,
        begin=begin,
        data=data,
        actor=actor,
    )
    return ask_again(attempt, now=now, actor=actor)


def start_charge(
    *,
    account: Account,
    method: PaymentMethod,
    amount_minor: int,
    invoices: Sequence[str],
    now: datetime,
    begin: Callable[[PaymentAttempt], None] | None = None,
    data: Mapping[str, Any] | None = None,
    actor: str = "system",
) -> PaymentAttempt:
    """Only the attempt, within the caller's transaction; once it is committed, `ask_again` asks."""
    with transaction.atomic():
        account = claim_account(account.id)
        attempt = start_attempt(
            account=account,
            gateway=method.gateway,
            choice=find_choice(method, account),
            amount_minor=amount_minor,
            invoices=invoices,
            method=method,
            is_automatic=True,
            data={**(data or {}), "fingerprint": fingerprint(method)},
            actor=actor,
            now=now,
        )
        if begin is not None:
            begin(attempt)
    return attempt


def ask_again(attempt: PaymentAttempt, *, now: datetime, actor: str = "system") -> PaymentAttempt:
    """Ask the gateway for an attempt that was written before, and write down what it says.

    Its id is the idempotency key, so it does nothing a second time. Whatever happens here, the
    attempt is looked up later: nothing is raised, and nothing is guessed.
    """
    attempt = PaymentAttempt.objects.select_related("account__seller__brand", "method").get(
        id=attempt.id
    )
    if attempt.status != AttemptStatus.CREATED:
        return attempt
    outcome: Outcome
    try:
        gateway, intent = make_intent(attempt, now=now)
        outcome = ask(gateway.start, intent)
    except BillingError as error:
        # Not even a question could be made, such as when a secret is missing here.
        outcome = Declined(DeclineCode.UNAVAILABLE, message=str(error))
    today = local_date(now, attempt.account.seller.time_zone)
    try:
        return finish_attempt(attempt=attempt, outcome=outcome, today=today, now=now, actor=actor)
    except BillingError:
        _log.exception("what a gateway said of %s was not written down", attempt.public_id)
        return attempt


def look_up_charge(attempt: PaymentAttempt, *, now: datetime) -> PaymentAttempt:
    """What became of an attempt whose answer was lost; first of all that is done for its debt."""
    gateway, intent = make_intent(attempt, now=now)
    outcome = find_out(gateway, intent)
    if outcome is None:
        return attempt
    today = local_date(now, attempt.account.seller.time_zone)
    return finish_attempt(attempt=attempt, outcome=outcome, today=today, now=now)


def find_choice(method: PaymentMethod, account: Account) -> str:
    """Which of its gateway's ways to pay a kept method is: the one of its kind, or the first that
    can be charged. Raises `BillingError` where none can.
    """
    choices = open_gateway_of(account.seller, method.gateway).list_choices(account.currency)
    able = [one.code for one in choices if Ability.CHARGE in one.abilities]
    if not able:
        raise BillingError(
            f"gateway {method.gateway!r} cannot charge {method.label} in {account.currency} by "
            "itself; the payer has to choose another way"
        )
    return method.kind if method.kind in able else able[0]
