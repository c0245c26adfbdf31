"""The last step of the daily cycle: prove the books, and tell of each rule that does not hold."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from quarterday.services.alerts.raise_alert import raise_alert
from quarterday.services.alerts.resolve_alert import resolve_alert
from quarterday.store.models import Alert
from quarterday.store.queries.check import PROOFS, Offence, check_books

CHECK = "check"
_OFFENCE = "offence "
_MOST = 20


def prove_books(*, now: datetime) -> Mapping[str, Any]:
    """Look for offences; how many there are, and the first of them.

    An alert stands for each rule, however many offences there are against it; it is over when
    the rule holds again.
    """
    count = 0
    first: list[list[str]] = []
    by_rule: dict[str, list[Offence]] = defaultdict(list)
    for one in check_books():
        count += 1
        if len(first) < _MOST:
            first.append([one.rule, one.subject, one.text])
        if len(by_rule[one.rule]) < 2:
            by_rule[one.rule].append(one)
    for rule, offences in by_rule.items():
        more = " and more" if len(offences) > 1 else ""
        text = f"check: {rule}: {offences[0].subject}: {offences[0].text}{more}"
        raise_alert(key=f"{_OFFENCE}{rule}", kind="offence", text=text, now=now)
    for key in _list_open():
        if key.removeprefix(_OFFENCE) not in by_rule:
            resolve_alert(key=key, now=now)
    return {"proofs": len(PROOFS), "offences": count, "first": first}


def _list_open() -> list[str]:
    rows = Alert.objects.filter(key__startswith=_OFFENCE, resolved_at__isnull=True)
    return list(rows.values_list("key", flat=True))
