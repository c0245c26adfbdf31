"""How the editors call things, and which policy holds."""

from __future__ import annotations

from quarterday.core.settings import DEFAULTS
from quarterday.store.models import Seller
from quarterday.store.queries.dunning_policies import read_dunning_setup

HOME = "/console/edit/"


def kind_name(name: str) -> str:
    """A kind of message or document as people say it.

    >>> kind_name("reminder_before_due")
    'Reminder before due'
    """
    return str(name).replace("_", " ").capitalize()


def find_used(seller: Seller) -> str:
    """The policy of the seller, as far as nobody has another."""
    own = seller.settings.get("dunning") or read_dunning_setup(seller).policy
    return str(own or DEFAULTS.dunning)
