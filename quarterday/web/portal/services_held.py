"""What holds a service back, in words, and how its customer can end that."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

from django.utils.translation import gettext as _

from quarterday.core.lifecycle import InvoiceState
from quarterday.core.period import local_date
from quarterday.core.service import ServiceCondition
from quarterday.store.models import Account, Invoice, ServiceHold, ServiceHoldCause, Subscription
from quarterday.store.queries.services import load_held
from quarterday.web.kit.words import format_day


class Held(NamedTuple):
    """A service that is held back: how, since when, why, and what to pay to end it."""

    level: str
    since: date
    text: str
    remedy: str
    invoices: list[Invoice]

    @property
    def open_minor(self) -> int:
        """What is to be paid for it to run again."""
        return sum(one.open_minor for one in self.invoices)


def read_held(account: Account, subscriptions: Sequence[Subscription]) -> dict[int, Held]:
    """What holds services of an account back, by their keys; always two queries."""
    holds = load_held(subscriptions)
    names = {one.subject for some in holds.values() for one in some if one.subject}
    rows = Invoice.objects.filter(account=account, public_id__in=names, status=InvoiceState.OPEN)
    invoices = {one.public_id: one for one in rows.order_by("due_on", "id")}
    return {key: _describe(some, invoices, account.seller.time_zone) for key, some in holds.items()}


def _describe(holds: list[ServiceHold], invoices: Mapping[str, Invoice], zone: str) -> Held:
    by_cause: dict[str, list[ServiceHold]] = defaultdict(list)
    for one in holds:
        by_cause[one.cause].append(one)
    firmest = ServiceCondition.SUSPENDED
    if all(one.level != firmest for one in holds):
        firmest = ServiceCondition.RESTRICTED
    since = min(local_date(one.started_at, zone) for one in holds if one.level == firmest)
    about = [invoices[name] for name in invoices if any(one.subject == name for one in holds)]
    only_unpaid = set(by_cause) == {ServiceHoldCause.UNPAID}
    return Held(firmest, since, _tell(firmest, since), _remedy(about, only_unpaid), about)


def _tell(level: ServiceCondition, since: date) -> str:
    if level is ServiceCondition.SUSPENDED:
        text = _("Suspended since %(day)s. Nothing was deleted.")
    else:
        text = _("Runs with less since %(day)s. Nothing was deleted.")
    return text % {"day": format_day(since)}


def _remedy(invoices: list[Invoice], only_unpaid: bool) -> str:
    labels = ", ".join(one.label for one in invoices)
    if not invoices:
        return _("Write to us, so that it runs again.")
    if only_unpaid:
        text = _("%(invoices)s is unpaid. It runs again within minutes of your payment.")
    else:
        text = _("%(invoices)s is unpaid, and there is another reason. Pay, then write to us.")
    return text % {"invoices": labels}
