"""Where mail providers tell of bounces and complaints.

django-anymail knows how each of them signs and what they say. A provider that is not verified, by
its signature or by the shared secret in ``ANYMAIL_WEBHOOK_SECRET``, is not listened to.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable
from functools import cache
from hashlib import sha256
from importlib import import_module
from typing import Any

from anymail.exceptions import AnymailError, AnymailInsecureWebhookWarning
from django.core.exceptions import ImproperlyConfigured, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from quarterday.ports.clock import read_now
from quarterday.services.messages.receive_mail_event import MailEvent, receive_mail_event

_log = logging.getLogger(__name__)
_SOFT = {"timed_out", "blocked", "other"}


@csrf_exempt
@require_http_methods(["POST", "HEAD"])
def mail_hook(request: HttpRequest, provider: str) -> HttpResponse:
    """Take what a provider tells. Anything unverified is refused before it is read."""
    view = _make_view(provider)
    if request.method == "HEAD":
        return HttpResponse()
    try:
        view.run_validators(request)
        events = view.parse_events(request)
    except ImproperlyConfigured:
        # Some look for their key only when they are told something.
        raise _refuse_open(provider) from None
    except SuspiciousOperation:
        return HttpResponse("the signature or secret is wrong", status=403)
    except (AnymailError, ValueError, KeyError, TypeError) as error:
        _log.warning("%s told something that cannot be read: %s", provider, type(error).__name__)
        return HttpResponse("this cannot be read", status=400)
    _receive(provider, events)
    return HttpResponse()


def _receive(provider: str, events: Iterable[Any]) -> None:
    for event in events:
        kind = choose_event(event.event_type, event.reject_reason, event.esp_event)
        if kind is None:
            continue
        receive_mail_event(
            provider=provider,
            event=kind,
            event_id=str(event.event_id or _name_event(event)),
            provider_id=str(event.message_id or ""),
            address=str(event.recipient or ""),
            detail=str(event.mta_response or event.description or event.reject_reason or ""),
            now=read_now(),
        )


def _name_event(event: Any) -> str:
    """A name for an event that the provider gave none: told again, it is the same."""
    said = f"{event.message_id} {event.recipient} {event.event_type} {event.timestamp}"
    return sha256(said.encode()).hexdigest()


def choose_event(event_type: str, reason: str | None, said: Any = None) -> MailEvent | None:
    """What an event of anymail means here; the rest is not asked about.

    A provider that still tries (``deferred``) is left to it.
    """
    match event_type:
        case "delivered":
            return MailEvent.DELIVERED
        case "complained":
            return MailEvent.COMPLAINT
        case "bounced" | "rejected":
            is_soft = reason in _SOFT or _calls_soft(said)
            return MailEvent.SOFT_BOUNCE if is_soft else MailEvent.HARD_BOUNCE
        case _:
            return None


def _calls_soft(said: Any) -> bool:
    """Whether the provider's own name for a bounce is a soft one, which anymail does not tell."""
    if not isinstance(said, dict):
        return False
    return any("soft" in str(said.get(name, "")).lower() for name in ("Type", "type", "event"))


@cache
def _find_class(provider: str) -> Any:
    if not re.fullmatch(r"[a-z_]{2,32}", provider):
        return None
    try:
        module = import_module(f"anymail.webhooks.{provider}")
    except (ImportError, ImproperlyConfigured):
        return None
    names = [name for name in vars(module) if name.endswith("TrackingWebhookView")]
    return getattr(module, names[-1]) if names else None


def _make_view(provider: str) -> Any:
    """Anymail's view of a provider, which verifies and reads; 404 for one it cannot verify."""
    found = _find_class(provider)
    if found is None:
        raise Http404
    try:
        view = found()
        # Not left to anymail's warning: what becomes of warnings is decided by all threads at once.
        is_open = view.warn_if_no_basic_auth and not view.basic_auth
    except (AnymailInsecureWebhookWarning, ImproperlyConfigured):
        is_open = True
    if is_open:
        raise _refuse_open(provider)
    return view


def _refuse_open(provider: str) -> Http404:
    _log.warning("set ANYMAIL_WEBHOOK_SECRET to hear of bounces from %s", provider)
    return Http404()
