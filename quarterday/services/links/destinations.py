"""Where a link may lead: pages of ours, and hosts that the seller trusts. Nowhere else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from quarterday.core.errors import BillingError
from quarterday.core.limits import find_unprintable
from quarterday.services.links.base_url import base_url
from quarterday.store.models import Brand, Seller

_LIMIT = 2000


def check_page(destination: str) -> str:
    """A page of the portal, as a path such as ``/invoices/``; empty is its first page.

    Raises `BillingError` for anything that a browser could take for another host.
    """
    _check_characters(destination)
    parts = urlsplit(destination)
    if parts.scheme or parts.netloc or destination.startswith("//") or destination[:1] not in "/":
        raise BillingError(
            f"destination must be a page of the portal such as /invoices/, not {destination!r}"
        )
    if parts.path.startswith("/l/"):
        raise BillingError("destination is a link itself; name the page that it should open")
    return destination


def check_destination(seller: Seller, destination: str) -> str:
    """An address that a custom link of a seller may lead to: a page here, or a trusted host.

    Raises `BillingError` naming the hosts that are trusted.
    """
    if destination.startswith("/"):
        return check_page(destination)
    _check_characters(destination)
    try:
        parts = urlsplit(destination)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise BillingError(f"destination is no address: {destination!r}") from None
    own = urlsplit(base_url(seller))
    if "@" in parts.netloc or not host:
        raise BillingError(
            f"destination must be like https://example.com/page or /page, not {destination!r}"
        )
    if (parts.scheme, host, port) == (own.scheme, own.hostname, own.port):
        check_page(parts.path or "/")
        return destination
    trusted = link_hosts(seller)
    if parts.scheme != "https" or host not in trusted or port not in (None, 443):
        names = ", ".join([own.hostname or "", *trusted])
        raise BillingError(
            f"destination must be an https address of one of {names}, not {destination!r}; "
            "trust another host by adding it to the seller's link_hosts"
        )
    return destination


def link_hosts(seller: Seller) -> list[str]:
    """The hosts that custom links of a seller may lead to, besides its own."""
    data = Brand.objects.filter(seller=seller).values_list("data", flat=True).first() or {}
    return sorted({str(host).lower() for host in data.get("link_hosts", ())})


def add_parameters(destination: str, parameters: Mapping[str, Any]) -> str:
    """A destination with parameters in its query, replacing those of the same name."""
    if not parameters:
        return destination
    parts = urlsplit(destination)
    kept = [pair for pair in parse_qsl(parts.query, True) if pair[0] not in parameters]
    added = [(str(name), str(value)) for name, value in parameters.items()]
    return urlunsplit(parts._replace(query=urlencode([*kept, *added])))


def _check_characters(destination: str) -> None:
    # Browsers read a backslash as a slash and drop tabs and line ends: neither belongs here.
    if len(destination) > _LIMIT:
        raise BillingError(f"destination has {len(destination)} characters; shorten it to {_LIMIT}")
    if find_unprintable(destination) or any(one in destination for one in "\\ \t\r\n"):
        raise BillingError(
            f"destination holds a space, a backslash or an invisible character: {destination!a}"
        )
