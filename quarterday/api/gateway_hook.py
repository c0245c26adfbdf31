"""Where gateways report what became of payments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from quarterday.core.errors import BillingError
from quarterday.core.period import local_date
from quarterday.ports.clock import read_now
from quarterday.ports.gateway import BadSignature, find_out, list_gateways
from quarterday.ports.outcomes import AttemptNews, News
from quarterday.services.payments.make_intent import make_intent
from quarterday.services.payments.receive_news import find_attempt, receive_news
from quarterday.store.models import Seller
from quarterday.store.queries.paying import open_gateway_of

MOST_BYTES = 256 * 1024


@csrf_exempt
@require_POST
def gateway_hook(request: HttpRequest, gateway: str, seller: str = "") -> HttpResponse:
    """Take the events of a gateway, each once. ``seller`` is a seller's code; without it, all
    sellers are tried, and the signature says whose it is.

    200 says that everything was acted on; 400, that nothing was; anything else asks the gateway
    to send it again.
    """
    kind = list_gateways().get(gateway)
    if kind is None:
        return _answer("there is no such gateway", 404)
    body = _read(request)
    if body is None:
        return _answer("the body is too large", 413)
    now = read_now()
    found = _parse(request, gateway, seller, body, now)
    if found is None:
        return _answer("the signature is wrong", 400)
    owner, news = found
    today = local_date(now, owner.time_zone)
    text = body.decode("utf-8", "replace").replace("\x00", "")
    complete = [_complete(owner, gateway, one, now) for one in news]
    if None in complete:
        return _answer("the payment cannot be looked up now", 503)
    for one in complete:
        if one is not None:
            receive_news(seller=owner, gateway=gateway, news=one, body=text, today=today, now=now)
    return _answer(kind.hook_answer, 200)


def _read(request: HttpRequest) -> bytes | None:
    """The body, unless it is larger than any event; no more than that is ever held in memory."""
    try:
        declared = int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return None
    if declared > MOST_BYTES:
        return None
    body = request.read(MOST_BYTES + 1)
    return body if len(body) <= MOST_BYTES else None


def _parse(
    request: HttpRequest, gateway: str, seller: str, body: bytes, now: datetime
) -> tuple[Seller, Sequence[News]] | None:
    """Whose events they are, and what they say; None unless the gateway proves to send them."""
    headers = {name.lower(): value for name, value in request.headers.items()}
    rows = Seller.objects.select_related("brand").order_by("id")
    for row in rows.filter(code=seller) if seller else rows:
        try:
            return row, open_gateway_of(row, gateway).parse_event(headers, body, now)
        except BadSignature:
            continue
        except BillingError:
            # This seller has not set it up.
            continue
    return None


def _complete(seller: Seller, gateway: str, news: News, now: datetime) -> News | None:
    """What an event only announces is looked up, before anything is written; None if it cannot."""
    if not isinstance(news, AttemptNews) or news.outcome is not None:
        return news
    attempt = find_attempt(seller, gateway, news)
    if attempt is None:
        return news
    opened, intent = make_intent(attempt, now=now)
    outcome = find_out(opened, intent)
    return replace(news, outcome=outcome) if outcome is not None else None


def _answer(text: str, status: int) -> HttpResponse:
    return HttpResponse(text, status=status, content_type="text/plain; charset=utf-8")
