"""The page on which somebody pays: shared by the portal, pay links and check-out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from secrets import token_urlsafe
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables

from quarterday.core.errors import BillingError
from quarterday.core.lifecycle import InvoiceState
from quarterday.ports.outcomes import DECLINE_TEXTS
from quarterday.services.payments.start_attempt import TooOften
from quarterday.store.models import (
    Account,
    AttemptPurpose,
    AttemptStatus,
    Invoice,
    PaymentAttempt,
    PaymentMethod,
)
from quarterday.store.queries.collecting import read_account_settings
from quarterday.store.queries.paying import LIVE, ON_THE_WAY, is_promise, list_live_attempts
from quarterday.web.kit.clock import read_now, read_today
from quarterday.web.kit.pay_flow import find_begun, look_up, remember, submit
from quarterday.web.kit.pay_ways import Way, find_way, list_ways
from quarterday.web.kit.words import format_money

ENDED = (AttemptStatus.FAILED, AttemptStatus.CANCELLED)


@dataclass(frozen=True)
class PayPage:
    """What is different between the places that ask for money.

    ``confirms`` is a kept method whose bank wants to hear from the payer: it is offered to whoever
    may pay, signed in or not.
    """

    title: str = ""
    shows_methods: bool = False
    ends_at_done: bool = False
    confirms: PaymentMethod | None = None


@dataclass
class _Asked:
    """What the page asks for, as it is now and not as a page once showed it."""

    account: Account
    purpose: AttemptPurpose
    invoices: list[Invoice]
    open_minor: int
    amount_minor: int
    coming: list[PaymentAttempt]
    promised: PaymentAttempt | None

    @property
    def names(self) -> list[str]:
        """The public ids of the invoices."""
        return [one.public_id for one in self.invoices]


@sensitive_post_parameters()
def pay_view(
    request: HttpRequest,
    *,
    account: Account,
    invoices: Sequence[Invoice],
    amount_minor: int | None,
    back_url: str,
    done_url: str,
    actor: str,
    page: PayPage = PayPage(),
) -> HttpResponse:
    """Ask for money for invoices, or for credit when there are none; handles GET and POST.

    Call it at any address of your own, after having decided that the visitor may pay these
    invoices of this account; it posts to the same address. ``amount_minor`` None means all that
    is open. ``back_url`` is where to go without paying, ``done_url`` where to go afterwards.
    ``page.shows_methods`` only for somebody signed in to the account: it shows kept methods and
    offers to keep one. ``page.ends_at_done`` skips the page that says what was paid and goes to
    ``done_url`` right away (check-out).
    """
    now = read_now()
    asked = _read(account, invoices, amount_minor, now, looks_up=request.method == "POST")
    if invoices and not asked.invoices:
        return redirect(done_url)
    return _serve(request, asked, page, back_url, done_url, actor, now)


@sensitive_post_parameters()
def keep_view(
    request: HttpRequest, *, account: Account, back_url: str, done_url: str, actor: str
) -> HttpResponse:
    """Keep a way to pay without paying; the same page, for somebody signed in to the account."""
    asked = _Asked(account, AttemptPurpose.SAVE, [], 0, 0, [], None)
    page = PayPage(shows_methods=True, ends_at_done=True)
    return _serve(request, asked, page, back_url, done_url, actor, read_now())


@sensitive_variables("fields")
def _serve(
    request: HttpRequest,
    asked: _Asked,
    page: PayPage,
    back_url: str,
    done_url: str,
    actor: str,
    now: datetime,
) -> HttpResponse:
    ways = list_ways(
        asked.account,
        purpose=asked.purpose,
        shows_methods=page.shows_methods,
        amount_minor=asked.amount_minor,
        confirms=page.confirms,
    )
    if request.method != "POST":
        for one in [*asked.coming, *([asked.promised] if asked.promised else [])]:
            # Whoever may pay the invoices may see how far their payment is, but not which other
            # invoices it is for.
            if not set(one.invoices) <= set(asked.names):
                continue
            remember(request, one, back=_find_here(request), done=done_url, ends_at_done=False)
        return _show(request, asked, ways, page, back_url)
    chosen = request.POST.get("way", "")
    if begun := find_begun(asked.account, request.POST.get("key", ""), chosen):
        # Pressed twice: the first one is at work, or done.
        return _go_on(request, begun, page, back_url, done_url)
    way = find_way(ways, chosen)
    is_stale = request.POST.get("shown") != str(asked.amount_minor) or (
        way is not None and request.POST.get("fee", "0") != str(way.fee_minor)
    )
    if way is None or is_stale:
        problem = _("This way to pay is no longer offered. Choose another one.")
        if is_stale:
            problem = _("The amount has changed since you opened this page. Nothing was paid.")
        return _show(request, asked, ways, page, back_url, problem=problem, status=409)
    fields = way.read_fields(request)
    if errors := way.check(fields, now):
        way.fill(fields, errors)
        way.saves = request.POST.get("save") == "1"
        return _show(request, asked, ways, page, back_url, status=422)
    try:
        attempt = _submit(request, asked, page, way, fields, actor, now)
    except BillingError as error:
        # Somebody else paid meanwhile, or a limit was reached: what holds now is shown.
        problem, status = _explain(error)
        return _show(request, asked, ways, page, back_url, problem=problem, status=status)
    return _go_on(request, attempt, page, back_url, done_url)


@sensitive_variables("fields")
def _submit(
    request: HttpRequest,
    asked: _Asked,
    page: PayPage,
    way: Way,
    fields: Mapping[str, str],
    actor: str,
    now: datetime,
) -> PaymentAttempt:
    may_save = page.shows_methods and way.can_save
    return submit(
        request,
        account=asked.account,
        way=way,
        fields=fields,
        amount_minor=asked.amount_minor,
        invoices=asked.names,
        purpose=asked.purpose,
        saves=may_save and request.POST.get("save") == "1",
        actor=actor,
        now=now,
    )


def _explain(error: BillingError) -> tuple[str, int]:
    """Why nobody was asked to pay, and the status that says so."""
    if isinstance(error, TooOften):
        return _("Too many payments have failed in a short time. Try again in an hour."), 429
    return _("This cannot be paid right now, because something changed. Nothing was paid."), 409


def _go_on(
    request: HttpRequest, attempt: PaymentAttempt, page: PayPage, back_url: str, done_url: str
) -> HttpResponse:
    """After a POST always a redirect, so that reloading sends nothing again."""
    if attempt.status in ENDED:
        return redirect(_find_here(request, failed=attempt.public_id))
    here = _find_here(request)
    remember(request, attempt, back=here, done=done_url, ends_at_done=page.ends_at_done)
    if attempt.status == AttemptStatus.SUCCEEDED and page.ends_at_done:
        return redirect(done_url)
    return redirect("pay:result", attempt.public_id)


def _find_here(request: HttpRequest, failed: str = "") -> str:
    """The address of this page, with the attempt that failed."""
    query = request.GET.copy()
    query.pop("failed", None)
    if failed:
        query["failed"] = failed
    return f"{request.path}?{query.urlencode()}" if query else request.path


def _read(
    account: Account,
    invoices: Sequence[Invoice],
    amount_minor: int | None,
    now: datetime,
    *,
    looks_up: bool,
) -> _Asked:
    """What is open now. Before paying, those that wait for the payer are looked up, so that
    nobody pays twice who had already confirmed.
    """
    names = [one.public_id for one in invoices]
    live = [
        one
        for one in list_live_attempts(account)
        if set(one.invoices).intersection(names) or not (names or one.invoices)
    ]
    if looks_up:
        live = [_refresh(one, account, now) for one in live]
    rows = Invoice.objects.filter(account=account, public_id__in=names, status=InvoiceState.OPEN)
    opened = sorted(rows, key=lambda one: names.index(one.public_id))
    coming = [
        one for one in live if one.invoices and not is_promise(one) and one.status in ON_THE_WAY
    ]
    total = sum(one.open_minor for one in opened)
    open_minor = total - sum(one.amount_minor - one.fee_minor for one in coming)
    amount = min(amount_minor or open_minor, open_minor) if names else amount_minor or 0
    promised = next((one for one in live if is_promise(one) and one.status in LIVE), None)
    return _Asked(account, AttemptPurpose.PAY, opened, total, max(0, amount), coming, promised)


def _refresh(attempt: PaymentAttempt, account: Account, now: datetime) -> PaymentAttempt:
    """An attempt that waits for its payer, as its gateway knows it; others as they are."""
    if attempt.status != AttemptStatus.ACTION:
        return attempt
    attempt.account = account
    try:
        return look_up(attempt, now=now)
    except BillingError:
        # Somebody else was faster; the invoices are read afterwards.
        return attempt


def _show(
    request: HttpRequest,
    asked: _Asked,
    ways: list[Way],
    page: PayPage,
    back_url: str,
    *,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    amount = format_money(asked.amount_minor, asked.account.currency)
    is_saving = asked.purpose is AttemptPurpose.SAVE
    usual = _("Pay %(amount)s") % {"amount": amount}
    if is_saving:
        usual = _("Add a payment method")
    elif not asked.amount_minor:
        usual = _("Nothing more to pay now")
    context: dict[str, Any] = {
        "asked": asked,
        "currency": asked.account.currency,
        "amount": amount,
        "title": page.title if page.title and asked.amount_minor else usual,
        "page": page,
        "ways": ways,
        "is_saving": is_saving,
        "what_for": _name_lines(asked),
        "is_test": any(one.opened.is_test for one in ways),
        "back_url": "" if back_url == _find_here(request) else back_url,
        "problem": problem,
        "failed": _find_failed(request, asked.account),
        "key": token_urlsafe(16),
        "today": read_today(asked.account.seller),
        "charges_itself": read_account_settings(asked.account).autopay,
    }
    request.seller = asked.account.seller  # type: ignore[attr-defined]
    return render(request, "kit/pay.html", context, status=status)


def _name_lines(asked: _Asked) -> list[str]:
    """What a single invoice is for, in as many words as fit a phone."""
    if len(asked.invoices) != 1:
        return []
    rows = asked.invoices[0].lines.order_by("position").values_list("description", flat=True)
    return list(rows[:3])


def _find_failed(request: HttpRequest, account: Account) -> str:
    """Why the attempt that the address names failed."""
    name = request.GET.get("failed", "") if request.method != "POST" else ""
    if not name:
        return ""
    row = PaymentAttempt.objects.filter(account=account, public_id=name, status__in=ENDED).first()
    return _(DECLINE_TEXTS[row.error]) if row and row.error in DECLINE_TEXTS else ""
