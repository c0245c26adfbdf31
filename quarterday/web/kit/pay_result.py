"""What became of a payment: the page to which gateways send payers back."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, cast

import segno
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from quarterday.core.access import Permission
from quarterday.core.errors import BillingError
from quarterday.ports.gateway import Gateway
from quarterday.ports.outcomes import DECLINE_TEXTS, Field, FieldKind
from quarterday.services.payments.cancel_attempt import cancel_attempt
from quarterday.store.models import AttemptStatus, Invoice, PaymentAttempt
from quarterday.store.queries.paying import open_gateway_of
from quarterday.web.kit.access import AccountRequest, choose_account
from quarterday.web.kit.clock import read_now
from quarterday.web.kit.context import LANGUAGE_COOKIE, speak
from quarterday.web.kit.pay_flow import ask_gateway, look_up, recall
from quarterday.web.kit.pay_ways import make_inputs
from quarterday.web.kit.words import format_money

_ASKED = (AttemptStatus.CREATED, AttemptStatus.ACTION, AttemptStatus.UNKNOWN)
# Whoever has just pressed the button is still being served.
_PATIENCE = timedelta(seconds=20)


@dataclass(frozen=True)
class _Seen:
    """An attempt, and what this visitor may see and do."""

    attempt: PaymentAttempt
    is_mine: bool
    back: str = ""
    done: str = ""
    ends_at_done: bool = False
    may_pay: bool = True


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def pay_result(request: HttpRequest, public_id: str) -> HttpResponse:
    """How far a payment is. A POST hands on what the gateway asked for besides."""
    now = read_now()
    seen = _see(request, public_id)
    attempt = seen.attempt
    if request.method == "POST":
        is_asked = attempt.status == AttemptStatus.ACTION and "fields" in attempt.data
        if seen.is_mine and seen.may_pay and is_asked:
            declared = [one["name"] for one in attempt.data["fields"]]
            fields = {name: request.POST.get(f"field-{name}", "")[:200] for name in declared}
            ask_gateway(request, attempt, fields=fields, now=now)
        return redirect("pay:result", public_id)
    attempt = _refresh(attempt, now)
    if seen.is_mine and seen.ends_at_done and attempt.status == AttemptStatus.SUCCEEDED:
        return redirect(seen.done)
    _dress(request, attempt)
    if not seen.is_mine:
        return render(request, "kit/pay_elsewhere.html", {"attempt": attempt})
    return render(request, "kit/pay_result.html", _describe(attempt, seen))


@require_safe
def pay_back(request: HttpRequest, public_id: str) -> HttpResponse:
    """Where a gateway sends the payer back to: what they approved there is completed.

    In another browser than the one in which it was begun, it is only looked up.
    """
    attempt = _find(public_id)
    if attempt.status == AttemptStatus.ACTION and recall(request, public_id) is not None:
        # Unless an event of the gateway is faster.
        with suppress(BillingError):
            ask_gateway(request, attempt, is_back=True, now=read_now())
    return redirect("pay:result", public_id)


@require_POST
def pay_cancel(request: HttpRequest, public_id: str) -> HttpResponse:
    """Choose another way to pay: stop waiting for this one."""
    seen = _see(request, public_id)
    if seen.is_mine and seen.may_pay:
        cancel_attempt(attempt=seen.attempt, now=read_now())
    return redirect(seen.back or reverse("pay:result", args=[public_id]))


@require_http_methods(["GET", "HEAD", "POST"])
def pay_bank(request: HttpRequest, public_id: str) -> HttpResponse:
    """The page of a bank that does not exist, where test payments are confirmed."""
    attempt = _find(public_id)
    gateway = open_gateway_of(attempt.account.seller, attempt.gateway)
    if not gateway.is_test or recall(request, public_id) is None:
        raise Http404(_("There is no such payment."))
    if attempt.status != AttemptStatus.ACTION:
        return redirect("pay:result", public_id)
    if request.method == "POST":
        answer = "yes" if request.POST.get("answer") == "yes" else "no"
        ask_gateway(request, attempt, fields={"confirmation": answer}, now=read_now())
        return redirect("pay:result", public_id)
    _dress(request, attempt)
    return render(request, "kit/pay_bank.html", {"attempt": attempt})


def _dress(request: HttpRequest, attempt: PaymentAttempt) -> None:
    """The seller's face, and the account's language unless the visitor chose another one."""
    request.seller = attempt.account.seller  # type: ignore[attr-defined]
    if LANGUAGE_COOKIE not in request.COOKIES and not request.user.is_authenticated:
        speak(request, attempt.account.language)


def _find(public_id: str) -> PaymentAttempt:
    rows = PaymentAttempt.objects.select_related("account__seller__brand", "method")
    found = rows.filter(public_id=public_id).first()
    if found is None:
        raise Http404(_("There is no such payment."))
    return found


def _see(request: HttpRequest, public_id: str) -> _Seen:
    """Only who began it, and who may see the money of its account, sees what it is about."""
    attempt = _find(public_id)
    known = recall(request, public_id)
    if known is not None:
        return _Seen(attempt, True, *known)
    row = choose_account(request)
    if row is None or row.account_id != attempt.account_id:
        return _Seen(attempt, False)
    # Not those of the role: who acts as the customer may look, and not pay.
    permissions = cast(AccountRequest, request).permissions
    may_see, may_pay = Permission.SEE_MONEY in permissions, Permission.PAY in permissions
    return _Seen(attempt, may_see, "/", "/", may_pay=may_pay)


def _refresh(attempt: PaymentAttempt, now: datetime) -> PaymentAttempt:
    """Whoever comes back from a bank wants to know now, not after the next event."""
    is_new = attempt.status == AttemptStatus.CREATED and attempt.created_at > now - _PATIENCE
    if attempt.status not in _ASKED or is_new:
        return attempt
    # Unless an event of the gateway is faster.
    with suppress(BillingError):
        look_up(attempt, now=now)
    return _find(attempt.public_id)


def _describe(attempt: PaymentAttempt, seen: _Seen) -> dict[str, Any]:
    data = attempt.data
    said = data.get("instructions")
    expected = data.get("expected_on")
    rows = Invoice.objects.filter(account=attempt.account_id, public_id__in=attempt.invoices)
    declared = tuple(
        Field(**{**one, "kind": FieldKind(one["kind"])}) for one in data.get("fields", ())
    )
    errors = {name: _(text) for name, text in data.get("errors", {}).items()}
    error = DECLINE_TEXTS.get(attempt.error, "")
    gateway = open_gateway_of(attempt.account.seller, attempt.gateway)
    return {
        "attempt": attempt,
        "seen": seen,
        "invoices": list(rows.order_by("due_on", "id")),
        "instructions": _translate(attempt, said)
        if said and attempt.status == AttemptStatus.PENDING
        else None,
        "expected_on": date.fromisoformat(expected) if expected else None,
        "url": data.get("url", "") if attempt.status == AttemptStatus.ACTION else "",
        "inputs": make_inputs(declared, "pay", {}, errors),
        "why": _(error) if error else "",
        "is_elsewhere": _is_elsewhere(attempt, gateway),
        "is_test": gateway.is_test,
        "reads_mail": attempt.account.contacts.exists(),
    }


def _is_elsewhere(attempt: PaymentAttempt, gateway: Gateway) -> bool:
    """Whether all is entered on pages of the gateway; otherwise a bank asks who is paying."""
    choices = gateway.list_choices(attempt.currency)
    return attempt.method is None and any(
        one.code == attempt.choice and not one.fields for one in choices
    )


def _translate(attempt: PaymentAttempt, said: dict[str, Any]) -> dict[str, Any]:
    """The instructions of a gateway in the reader's language, with the code as a picture."""
    qr, amount = said.get("qr", ""), format_money(attempt.amount_minor, attempt.currency)
    # Forms of banks take the number alone.
    number = amount.rpartition(" ")[0] or amount
    return {
        "text": _(said["text"]),
        "details": [
            {
                **one,
                "label": _(one["label"]),
                "value": amount if one.get("is_amount") else one["value"],
                "copied": number if one.get("is_amount") else one["value"],
            }
            for one in said["details"]
        ],
        "qr": _draw(qr) if qr else "",
        "qr_text": _(said["qr_text"]) if said.get("qr_text") else "",
    }


def _draw(content: str) -> str:
    """A QR code as SVG; the EPC asks for error correction M."""
    code = segno.make(content, error="m", micro=False, boost_error=False)
    drawn = code.svg_inline(scale=4, border=4, svgclass="qr", lineclass=None, omitsize=True)
    return mark_safe(drawn)
