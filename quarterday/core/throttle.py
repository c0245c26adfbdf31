"""How often something may be tried: by whom, within what time, and when to come back."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import NamedTuple


class Limit(NamedTuple):
    """At most ``times`` within any ``seconds``, named as it stands in keys."""

    name: str
    times: int
    seconds: int


class Count(NamedTuple):
    """How often something happened in the slot of time that runs, and in the one before it."""

    limit: Limit
    current: int
    previous: int


# By address and network together first: a stranger elsewhere cannot lock anybody out so easily.
PASSWORD_HERE = Limit("password", 10, 900)
PASSWORD_ADDRESS = Limit("password-address", 50, 3600)
PASSWORD_NETWORK = Limit("password-network", 100, 900)
LINK_ADDRESS = Limit("link-address", 5, 3600)
LINK_NETWORK = Limit("link-network", 30, 3600)
STEP_USER = Limit("step-user", 10, 900)
# A code of an app holds for a minute and a half, and is good once.
CODE_USE = Limit("code-use", 1, 120)
PASSKEY_NETWORK = Limit("passkey-network", 200, 900)
CONFIRM_USER = Limit("confirm-user", 10, 900)
INVITE_ACCOUNT = Limit("invite-account", 30, 86400)
ADDRESS_USER = Limit("address-user", 5, 86400)


def slot_start(at: int, limit: Limit) -> int:
    """The second in which the slot of time that holds ``at`` began.

    >>> slot_start(1000, LINK_NETWORK), slot_start(3600, LINK_NETWORK)
    (0, 3600)
    """
    return at - at % limit.seconds


def wait_seconds(counts: Iterable[Count], at: int) -> int:
    """How long to wait, 0 when another try is allowed; ``current`` counts this one already.

    The slot before weighs as much as still lies within the time looked at, so that nobody gets
    twice as many tries around the turn of a slot.

    >>> wait_seconds([Count(Limit("x", 3, 60), 3, 0)], 30)
    0
    >>> wait_seconds([Count(Limit("x", 3, 60), 4, 0)], 30)
    30
    >>> wait_seconds([Count(Limit("x", 3, 60), 1, 10)], 0)
    60
    """
    waits = [0]
    for limit, current, previous in counts:
        into = at - slot_start(at, limit)
        weight = limit.seconds - into
        if current * limit.seconds + previous * weight > limit.times * limit.seconds:
            waits.append(weight)
    return max(waits)


def make_key(limit: Limit, *parts: str) -> str:
    """What is counted, without the address itself: it is nobody's business who tried.

    >>> make_key(LINK_ADDRESS, "A@example.com") == make_key(LINK_ADDRESS, "a@example.com ")
    True
    >>> "example" in make_key(LINK_ADDRESS, "a@example.com")
    False
    """
    text = "\0".join(part.strip().lower() for part in parts)
    return f"{limit.name}:{sha256(text.encode()).hexdigest()[:40]}"


def network_of(address: str) -> str:
    """The network that an address belongs to: its /24, or its /48 in IPv6.

    >>> network_of("203.0.113.77"), network_of("2001:db8:1:2::3"), network_of("::ffff:203.0.113.7")
    ('203.0.113.0/24', '2001:db8:1::/48', '203.0.113.0/24')
    >>> network_of("a socket")
    'unknown'
    """
    try:
        found: IPv4Address | IPv6Address = ip_address(address.partition("%")[0])
    except ValueError:
        return "unknown"
    if isinstance(found, IPv6Address) and found.ipv4_mapped:
        found = found.ipv4_mapped
    return str(ip_network((found, 24 if found.version == 4 else 48), strict=False))
