"""Remember that a link was opened or used, and by what kind of device; never by whom."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from quarterday.core.visit import judge_visit
from quarterday.store.models import Click, Link

_AGAIN = timedelta(seconds=10)


def record_click(
    *, link: Link, action: str, method: str, headers: Mapping[str, str], now: datetime
) -> None:
    """Record a click. ``action`` is ``open``, or what was done: ``pay``, ``sign_in``, ….

    The same within ten seconds counts once, so that reloading a page changes no rate and cannot
    fill the table. Neither the network address nor the browser's name is kept.
    """
    visit = judge_visit(method, {name.lower(): value for name, value in headers.items()})
    same = Click.objects.filter(
        link=link, action=action, device=visit.device, is_bot=visit.is_bot, at__gt=now - _AGAIN
    )
    if not same.exists():
        Click.objects.create(
            link=link, at=now, action=action, device=visit.device, is_bot=visit.is_bot
        )
