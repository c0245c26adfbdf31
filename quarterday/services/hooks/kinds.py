"""What happens that other systems may be told of."""

from __future__ import annotations

import re
from collections.abc import Sequence

from quarterday.core.errors import BillingError

# The groups of events that are told. What staff and users do with their own access, and what
# only concerns our own records, is nobody else's business.
GROUPS = (
    "account",
    "alert",
    "credit",
    "credit_note",
    "dispute",
    "dunning",
    "entitlement",
    "invoice",
    "mandate",
    "order",
    "payment",
    "quote",
    "refund",
    "service",
    "subscription",
    "task",
)
_KIND = re.compile(r"([a-z_]+)\.(\*|[a-z_]+)")


def check_kinds(kinds: Sequence[str]) -> list[str]:
    """The kinds that an endpoint is told, each once. Raises `BillingError` for an unknown group.

    >>> check_kinds(["invoice.paid", "service.*", "invoice.paid"])
    ['invoice.paid', 'service.*']
    """
    for one in kinds:
        found = _KIND.fullmatch(one)
        if found is None or found[1] not in GROUPS:
            raise BillingError(
                f"{one!r} is no kind; write it like invoice.paid or invoice.*, of "
                f"{', '.join(GROUPS)}"
            )
    return sorted(set(kinds))


def wants(kinds: Sequence[str], kind: str) -> bool:
    """Whether an endpoint is told of a kind: none listed is all, ``invoice.*`` is all of invoices.

    >>> wants([], "invoice.paid"), wants(["invoice.*"], "invoice.paid"), wants(["a.b"], "a.c")
    (True, True, False)
    """
    group = kind.partition(".")[0]
    return not kinds or kind in kinds or f"{group}.*" in kinds


def is_told(kind: str) -> bool:
    """Whether events of a kind are told to anybody.

    >>> is_told("invoice.paid"), is_told("user.signed_in")
    (True, False)
    """
    return kind.partition(".")[0] in GROUPS
