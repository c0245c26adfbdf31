"""Links to an address that staff or a program chose, on a host that the seller trusts."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseRedirect

from quarterday.core.errors import BillingError
from quarterday.services.links.destinations import add_parameters, check_destination
from quarterday.services.links.open_link import LinkState, OpenedLink
from quarterday.store.models import Link
from quarterday.web.links.door import LinkRequest, note, refuse


def follow_custom(request: LinkRequest, link: Link) -> HttpResponse:
    """Lead to the destination, if its host is still one that the seller trusts."""
    note(request, link, "open")
    try:
        destination = check_destination(link.seller, link.destination)
    except BillingError:
        return refuse(request, OpenedLink(LinkState.REVOKED, link))
    return HttpResponseRedirect(add_parameters(destination, link.parameters))
