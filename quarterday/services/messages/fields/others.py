"""Services, orders and access as messages show them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from quarterday.core.message import InFull, find_kind
from quarterday.core.period import local_date
from quarterday.services.links.make_link import LIFETIME
from quarterday.services.messages.fields.documents import list_lines
from quarterday.services.messages.fields.source import Source
from quarterday.store.models import (
    Invitation,
    Invoice,
    Link,
    LinkPurpose,
    Order,
    OrderStatus,
    Plan,
    Subscription,
)

_PURPOSE = {
    "sign_in": LinkPurpose.SIGN_IN,
    "invitation": LinkPurpose.INVITATION,
}


def load_service(source: Source) -> Mapping[str, Any]:
    """The contract that a message names, and the day that it tells of: given, or its end."""
    contract = source.read(Subscription, "sub", "plan__product")
    if contract is None:
        return {}
    given = source.data.get("service", {}).get("on")
    on = date.fromisoformat(given) if given else contract.end_on or source.today
    return {
        "name": name_service(contract),
        "on": on,
        "day": InFull(on),
        "reason": contract.cancel_reason if source.message.kind == "cancelled" else "",
        "is_future": on > source.today,
    }


def name_service(contract: Subscription) -> str:
    """What customers call a service: the product, and their own name for it."""
    own = contract.data.get("name") or contract.data.get("label")
    product = contract.plan.product.name
    return f"{product}, {own}" if own else product


def load_change(source: Source) -> Mapping[str, Any]:
    """The plans before and after a change, by their names."""
    given = source.data.get("change", {})
    names = dict(
        Plan.objects.filter(public_id__in=[str(one) for one in given.values()]).values_list(
            "public_id", "name"
        )
    )
    return {key: names.get(str(one), str(one)) for key, one in given.items()}


def load_order(source: Source) -> Mapping[str, Any]:
    """The order that a message names, with what its invoices say, all together."""
    order = source.read(Order, "ord")
    if order is None:
        return {}
    rows = Invoice.objects.filter(
        account=source.account, public_id__in=order.data.get("invoices", [])
    )
    invoices, code = list(rows.order_by("id")), source.account.currency
    placed_on = local_date(order.placed_at, source.seller.time_zone)
    return {
        "number": order.label,
        "placed_on": placed_on,
        "total": source.exact(sum(one.total_minor for one in invoices), code),
        "net": source.exact(sum(one.net_minor for one in invoices), code),
        "tax": source.money(sum(one.tax_minor for one in invoices), code),
        "is_waiting": order.status == OrderStatus.PENDING and order.activation == "on_payment",
        "lines": [line for one in invoices for line in list_lines(one)],
    }


def load_access(source: Source) -> Mapping[str, Any]:
    """For how long the link works, and who invites."""
    data, link = source.data, find_kind(source.message.kind).link
    found: dict[str, Any] = {"expires_in": timedelta(days=1), "inviter": data.get("inviter", "")}
    if link in _PURPOSE:
        found["expires_in"] = LIFETIME[_PURPOSE[link]]
    if link == "address" and data.get("until"):
        left = timedelta(seconds=int(data["until"]) - int(source.now.timestamp()))
        found["expires_in"] = max(timedelta(minutes=1), left)
    if link == "renewed":
        found["expires_in"], found["what"] = _renewed(data)
    if source.find("ivt") and not found["inviter"]:
        invitation = Invitation.objects.filter(public_id=source.find("ivt")).first()
        by = invitation.invited_by if invitation else None
        found["inviter"] = (by.name or by.email) if by else ""
    return found


def _renewed(data: Mapping[str, Any]) -> tuple[timedelta, str]:
    """For how long a fresh link works, and the number of the invoice that it opens."""
    link = Link.objects.filter(public_id=str(data.get("link", ""))).first()
    if link is None:
        return timedelta(days=1), ""
    label = Invoice.objects.filter(public_id=link.subject).values_list("label", flat=True).first()
    return LIFETIME[LinkPurpose(link.purpose)], label or ""


def load_notice(source: Source) -> Mapping[str, Any]:
    """What changed about somebody's sign-in, and when."""
    at = source.message.created_at.astimezone(ZoneInfo(source.seller.time_zone))
    return {"what": source.data.get("what", ""), "on": at.date(), "time": f"{at:%H:%M}"}
