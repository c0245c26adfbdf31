"""All kinds of the inbox, in the order of their tabs."""

from __future__ import annotations

from collections.abc import Mapping

from quarterday.web.console.inbox.addresses import AddressesKind
from quarterday.web.console.inbox.bank import BankKind
from quarterday.web.console.inbox.disputes import DisputesKind
from quarterday.web.console.inbox.gateway import GatewayKind
from quarterday.web.console.inbox.kinds import Kind
from quarterday.web.console.inbox.others import AlertsKind, ApprovalsKind, BillingKind, HooksKind
from quarterday.web.console.inbox.services import ServicesKind

_ALL: tuple[Kind, ...] = (
    AlertsKind(),
    BankKind(),
    GatewayKind(),
    DisputesKind(),
    ServicesKind(),
    BillingKind(),
    AddressesKind(),
    HooksKind(),
    ApprovalsKind(),
)
KINDS: Mapping[str, Kind] = {kind.name: kind for kind in _ALL}
