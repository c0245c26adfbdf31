"""From a pressed button to an outcome: write the intent, ask the gateway, write what it said."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.views.decorators.debug import sensitive_variables

from quarterday.core.errors import BillingError
from quarterday.core.period import local_date
from quarterday.ports.gateway import Presence, ask, find_out
from quarterday.services.errors import Conflict
from quarterday.services.idempotency.once import once
from quarterday.services.payments.finish_attempt import finish_attempt
from quarterday.services.payments.make_intent import make_intent
from quarterday.services.payments.start_attempt import start_attempt
from quarterday.store.models import (
    Account,
    AttemptPurpose,
    AttemptStatus,
    IdempotencyKey,
    PaymentAttempt,
)
from quarterday.web.kit.pay_ways import Way
from quarterday.web.kit.sign_in import client_address

_log = logging.getLogger(__name__)
_SESSION = "pay"
_MOST_KEPT = 20
_TRIES = 50
_ENDED_BADLY = (AttemptStatus.FAILED, AttemptStatus.CANCELLED)


@sensitive_variables("fields")
def submit(
    request: HttpRequest,
    *,
    account: Account,
    way: Way,
    fields: Mapping[str, str],
    amount_minor: int,
    invoices: list[str],
    purpose: AttemptPurpose,
    saves: bool,
    actor: str,
    now: datetime,
) -> PaymentAttempt:
    """Pay, once for each page that was shown, however often its button is pressed.

    Pressed again while it works or after it succeeded, it tells of the same attempt; after it
    failed, it tries again. Raises `BillingError` only while nobody was asked yet.
    """
    data = {"is_present": True, "save": saves}

    def begin() -> str:
        return start_attempt(
            account=account,
            gateway=way.gateway,
            amount_minor=amount_minor,
            invoices=invoices,
            now=now,
            choice=way.choice,
            purpose=purpose,
            method=way.method,
            data=data,
            actor=actor,
        ).public_id

    asked = [way.value, amount_minor, invoices, purpose]
    attempt, is_mine = _begin_once(account, request.POST.get("key", ""), asked, begin, now)
    if not is_mine:
        return attempt
    try:
        return ask_gateway(request, attempt, fields=fields, now=now)
    except BillingError:
        # It may have been asked: what became of it is looked up, and not told as a failure.
        _log.exception("what a gateway said of %s was not written down", attempt.public_id)
        return attempt


def _begin_once(
    account: Account, key: str, asked: list[Any], begin: Any, now: datetime
) -> tuple[PaymentAttempt, bool]:
    """The attempt of a page's key, and whether this very request has begun it."""
    begun: list[str] = []

    def work() -> str:
        begun.append(begin())
        return begun[-1]

    caller = _caller(account)
    for number in range(_TRIES):
        name = f"{_page(key)} {asked[0]} {asked[1]} {number}"
        found = once(caller=caller, key=name, input=asked, work=work, now=now)
        attempt = PaymentAttempt.objects.select_related("account__seller", "method").get(
            public_id=found, account=account
        )
        if begun or attempt.status not in _ENDED_BADLY:
            # A promise that was made before is told anew, not asked for again.
            return attempt, bool(begun) and attempt.status == AttemptStatus.CREATED
    raise Conflict("this page was used too often; open it again")


def find_begun(account: Account, key: str, way: str) -> PaymentAttempt | None:
    """What a page has begun already and has not failed, whatever is open by now."""
    rows = IdempotencyKey.objects.filter(
        caller=_caller(account), key__startswith=f"{_page(key)} {way} "
    )
    last = rows.order_by("-id").first()
    if last is None:
        return None
    attempts = PaymentAttempt.objects.filter(account=account, public_id=last.answer)
    return attempts.exclude(status__in=_ENDED_BADLY).first()


def _caller(account: Account) -> str:
    return f"pay {account.public_id}"


def _page(key: str) -> str:
    return key[:64] or "none"


@sensitive_variables("fields")
def ask_gateway(
    request: HttpRequest,
    attempt: PaymentAttempt,
    *,
    now: datetime,
    fields: Mapping[str, str] | None = None,
    is_back: bool = False,
) -> PaymentAttempt:
    """Ask the gateway to pay, outside of every transaction, and write down what it said."""
    gateway, intent = make_intent(
        attempt,
        now=now,
        fields=fields,
        is_back=is_back,
        presence=Presence(
            ip_address=client_address(request),
            user_agent=request.headers.get("User-Agent", "")[:200],
        ),
        return_url=request.build_absolute_uri(reverse("pay:back", args=[attempt.public_id])),
        cancel_url=request.build_absolute_uri(reverse("pay:result", args=[attempt.public_id])),
        notify_url=request.build_absolute_uri(
            reverse("hooks:gateway", args=[attempt.gateway, attempt.account.seller.code])
        ),
    )
    return finish_attempt(
        attempt=attempt,
        outcome=ask(gateway.start, intent),
        today=local_date(now, attempt.account.seller.time_zone),
        now=now,
    )


def look_up(attempt: PaymentAttempt, *, now: datetime) -> PaymentAttempt:
    """Ask the gateway what became of an attempt, and write down what it said."""
    gateway, intent = make_intent(attempt, now=now)
    outcome = find_out(gateway, intent)
    if outcome is None:
        return attempt
    return finish_attempt(
        attempt=attempt,
        outcome=outcome,
        today=local_date(now, attempt.account.seller.time_zone),
        now=now,
    )


def remember(
    request: HttpRequest, attempt: PaymentAttempt, *, back: str, done: str, ends_at_done: bool
) -> None:
    """Keep where this visitor came from: in the session, since links hold secrets."""
    known: dict[str, Any] = dict(request.session.get(_SESSION, {}))
    known[attempt.public_id] = [back, done, ends_at_done]
    request.session[_SESSION] = dict(list(known.items())[-_MOST_KEPT:])


def recall(request: HttpRequest, public_id: str) -> tuple[str, str, bool] | None:
    """Where the visitor who began an attempt came from; None for anybody else."""
    found = request.session.get(_SESSION, {}).get(public_id)
    return None if found is None else (str(found[0]), str(found[1]), bool(found[2]))
