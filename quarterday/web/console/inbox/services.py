"""Services that could not be driven, and those that people drive: try again, or say it is done."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from django.http import Http404

from quarterday.core.access import StaffPermission
from quarterday.core.period import local_date
from quarterday.services.provisioning.mark_done import mark_done
from quarterday.services.provisioning.retry_service import retry_service
from quarterday.store.models import ServiceState, ServiceStatus
from quarterday.store.queries.attention import waiting_services
from quarterday.web.console.door import Staff
from quarterday.web.console.inbox.kinds import PAGE, Ask, Deed, Done, Row, account_url, found
from quarterday.web.kit.words import format_day

_MAY = StaffPermission.CHANGE_SERVICES
_WITH = ("subscription__account__seller", "subscription__plan__product")
# What is wanted of a service, as something to do.
_WISHES = {
    "active": "set up or restore",
    "restricted": "restrict",
    "suspended": "suspend",
    "terminated": "end",
    "none": "leave alone",
}


class ServicesKind:
    """Services outside that are not as they should be."""

    name: ClassVar[str] = "services"
    label: ClassVar[str] = "Services"
    empty: ClassVar[str] = "Every service is as its contract and its holds ask for."

    def list_rows(self, staff: Staff) -> list[Row]:
        """Those that wait longest first."""
        rows = waiting_services(staff.seller).select_related(*_WITH)
        return [self.show(staff, one) for one in rows.order_by("wanted_at", "id")[:PAGE]]

    def find(self, staff: Staff, key: str) -> ServiceState:
        """A service of the seller's."""
        rows = ServiceState.objects.filter(
            subscription__account__seller=staff.seller, public_id=key
        )
        service: ServiceState = found(rows.select_related(*_WITH).first())
        return service

    def show(self, staff: Staff, one: ServiceState) -> Row:
        """The service as a row."""
        contract = one.subscription
        wish = _WISHES.get(one.wanted, one.wanted)
        notes = {
            ServiceStatus.FAILED: one.error or "It failed as often as is sensible.",
            ServiceStatus.MANUAL: "Somebody has to do this by hand.",
        }
        return Row(
            one.public_id,
            f"{wish.capitalize()} {contract.plan.name} of {contract.account.name}",
            notes.get(ServiceStatus(one.status), "It is being driven."),
            on=local_date(one.wanted_at, staff.seller.time_zone),
            account=contract.account.name,
            account_url=account_url(contract.account.public_id),
            state="failed" if one.status == ServiceStatus.FAILED else "pending",
            state_word="Failed" if one.status == ServiceStatus.FAILED else "By hand",
        )

    def list_facts(self, staff: Staff, one: ServiceState) -> list[tuple[str, Any]]:
        """How it is, and how it is to be."""
        since = local_date(one.wanted_at, staff.seller.time_zone)
        facts = [
            ("It is", one.condition),
            ("It should be", f"{one.wanted}, since {format_day(since)}"),
            ("Driven by", one.place or "nobody"),
            ("Contract", str(one.subscription)),
            ("Tries", str(one.tries)),
            ("What went wrong", one.error),
        ]
        return [*facts, *((str(name), str(value)) for name, value in one.data.items())]

    def list_deeds(self, staff: Staff, one: ServiceState, today: date) -> list[Deed]:
        """Try again what failed; say of either that it was done."""
        if one.status not in (ServiceStatus.FAILED, ServiceStatus.MANUAL):
            return []
        wish = _WISHES.get(one.wanted, one.wanted)
        done = Deed(
            "done",
            f"I have done it: it is {one.wanted}",
            [
                f"The service counts as {one.wanted} from now on; nothing is asked of {one.place}.",
                "The customer is told, where they are told of such things.",
            ],
            _MAY,
        )
        if one.status == ServiceStatus.MANUAL:
            return [done]
        again = Deed(
            "retry",
            f"Try again to {wish} it",
            [f"{one.place} is asked within a minute; when it fails again, it comes back here."],
            _MAY,
        )
        return [again, done]

    def do(self, one: ServiceState, ask: Ask) -> Done:
        """Do one of these."""
        terms: dict[str, Any] = {"service": one, "now": ask.now, "actor": ask.staff.actor}
        if ask.deed == "retry":
            retry_service(**terms)
            return Done("It is tried again now.")
        if ask.deed == "done":
            return Done(f"It counts as {mark_done(**terms).condition}.")
        raise Http404
