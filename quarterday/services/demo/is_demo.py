"""Whether the database holds the invented businesses of the demo."""

from __future__ import annotations

from quarterday.services.demo import hosting, software, wisp
from quarterday.store.models import Seller

DEMO_SELLERS = frozenset({hosting.SELLER, wisp.SELLER, software.SELLER})


def is_demo() -> bool:
    """Whether one of its sellers is there, by code and name."""
    found = Seller.objects.filter(code__in=DEMO_SELLERS, name__contains="Example")
    return found.exists()


def is_only_demo() -> bool:
    """Whether nobody else's data is there: every seller is one of the demo."""
    own = Seller.objects.filter(code__in=DEMO_SELLERS, name__contains="Example")
    return own.exists() and not Seller.objects.exclude(id__in=own.values("id")).exists()
