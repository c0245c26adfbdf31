"""See to it that somebody still gets what has to be said to an account."""

from __future__ import annotations

from quarterday.core.message import find_kind, wants_kind
from quarterday.services.errors import Conflict
from quarterday.store.models import Account, Contact

# What an account has to be told: what it owes, and what happens to its services if it does not pay.
NECESSARY = ("invoice_issued", "reminder_2", "overdue", "suspension_warning", "suspended")


class NobodyReached(Conflict):
    """Nobody would get some message that has to arrive; ``topic`` is what it is about."""

    def __init__(self, topic: str) -> None:
        super().__init__(
            f"no contact would get messages about {topic}; let this or another one have them"
        )
        self.topic = topic


def check_reached(account: Account) -> None:
    """Raise `NobodyReached` when the contacts of an account leave out something necessary.

    Call it last in a transaction that claimed the account. An account without contacts is told
    through its members, so there is nobody to leave out.
    """
    chosen = list(Contact.objects.filter(account=account).values_list("kinds", flat=True))
    for name in NECESSARY if chosen else ():
        if not any(wants_kind(kinds, name) for kinds in chosen):
            raise NobodyReached(str(find_kind(name).topic))
