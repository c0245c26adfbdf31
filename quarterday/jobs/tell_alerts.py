"""Tell the staff of what is wrong, once, and once when it is over."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from email.utils import parseaddr
from typing import Any, ClassVar
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import Q

from quarterday.core.errors import BillingError
from quarterday.ports.clock import read_now
from quarterday.ports.mailer import Answer, Parcel, find_transport
from quarterday.services.alerts.note_told import note_told
from quarterday.services.alerts.tell_endpoints import tell_endpoints
from quarterday.services.jobs.take_slot import finish_slot, leave_slot, take_slot
from quarterday.services.messages.list_ways import list_ways
from quarterday.store.models import Alert

_log = logging.getLogger(__name__)


class TellAlerts:
    """Mails and posts alerts to where ``QUARTERDAY_ALERT_MAIL`` and ``QUARTERDAY_ALERT_URL`` say.

    An alert is told whole or again: what each reader gets has a key that stays the same.
    """

    name: ClassVar[str] = "tell_alerts"
    every: ClassVar[timedelta] = timedelta(seconds=30)
    is_recorded: ClassVar[bool] = False

    def run(self) -> dict[str, Any]:
        """How many were told of."""
        rows = Alert.objects.filter(
            Q(told_at__isnull=True) | Q(resolved_at__isnull=False, resolved_told_at__isnull=True)
        )
        told = sum(_tell(alert) for alert in rows.order_by("id")[:100])
        return {"told": told} if told else {}


def _tell(alert: Alert) -> bool:
    """Tell of one alert, unless another worker does; whether it was told."""
    now, part = read_now(), "over" if alert.resolved_at else "raised"
    run = take_slot(job=f"alert {alert.id}", slot=part, now=now)
    if run is None:
        return False
    try:
        for way, parcel in _list_parcels(alert, part, now):
            _send(way, parcel)
        tell_endpoints(alert=alert, now=now)
    except BillingError as error:
        leave_slot(run)
        _log.warning("an alert could not be told, and will be again: %s", error)
        return False
    except BaseException:
        leave_slot(run)
        raise
    note_told(alert, now=now)
    finish_slot(run, now=now, summary={})
    return True


def _list_parcels(
    alert: Alert, part: str, now: datetime
) -> Iterator[tuple[Mapping[str, Any], Parcel]]:
    """What goes out by which way; nothing where nobody is named."""
    site = urlsplit(settings.PUBLIC_URL).hostname or "localhost"
    over = "" if alert.resolved_at is None else f" It is over since {_at(alert.resolved_at)}."
    mark = "Over" if over else "Alert"
    mail = list_ways().get("mail")
    ways = [(mail, one) for one in settings.ALERT_MAIL] if mail else []
    if settings.ALERT_WAY is not None:
        ways.append((settings.ALERT_WAY, ""))
    for number, (way, address) in enumerate(ways):
        yield (
            way,
            Parcel(
                key=f"alert-{alert.id}-{part}-{number}@{site}",
                channel="mail" if address else "chat",
                address=address,
                name="",
                sender=parseaddr(settings.MAIL_FROM)[1] or f"quarterday@{site}",
                sender_name="Quarterday",
                title=f"[{site}] {mark}: {alert.text}"[:200],
                text=f"{alert.text}\n\nRaised {_at(alert.raised_at)}.{over}\n",
                at=now,
            ),
        )


def _at(instant: datetime) -> str:
    return f"{instant:%Y-%m-%d %H:%M} UTC"


def _send(way: Mapping[str, Any], parcel: Parcel) -> None:
    """Hand one over; raises `BillingError` when it was not accepted, and may be tried again."""
    with find_transport(str(way["transport"])).open_session(way) as session:
        outcome = session.send(parcel)
    if outcome.answer == Answer.DEFERRED:
        raise BillingError(outcome.reason)
    if outcome.answer != Answer.SENT:
        # Trying again would change nothing, or tell it twice.
        _log.error("alert %s: %s", parcel.key, outcome.reason)
