"""Where gateways report what became of payments."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from quarterday.core.errors import BillingError
from quarterday.ports.clock import read_now
from quarterday.ports.gateway import BadSignature, list_gateways
from quarterday.ports.outcomes import News
from quarterday.services.gateway_events.store_events import store_events
from quarterday.store.models import Seller
from quarterday.store.queries.paying import open_gateway_of

MOST_BYTES = 256 * 1024


@csrf_exempt
@require_POST
def gateway_hook(request: HttpRequest, gateway: str, seller: str = "") -> HttpResponse:
    """Store the events of a gateway, each once. ``seller`` is a seller's code; without it, all
    sellers are tried, and the signature says whose it is.

    200 says that they are stored: what follows from them is done by the job `process_events`, so
    that no gateway waits for it. 400 says that nobody is believed, and nothing was stored.
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
    text = body.decode("utf-8", "replace").replace("\x00", "")
    store_events(seller=owner, gateway=gateway, news=news, body=text, now=now)
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


def _answer(text: str, status: int) -> HttpResponse:
    return HttpResponse(text, status=status, content_type="text/plain; charset=utf-8")
