"""Proof that of each service is wanted what its contract and its holds ask for."""

from __future__ import annotations

from collections.abc import Iterator

from quarterday.store.queries.check.offence import Offence
from quarterday.store.queries.strayed import find_strayed

# So many are named; one would be enough to look for the fault.
_MOST = 1000


def check_services() -> Iterator[Offence]:
    """Services that are to be otherwise than contract and holds say."""
    for one in find_strayed(_MOST):
        yield Offence(
            "service-wanted",
            one.public_id,
            f"the subscription is {one.status}, and its service is wanted {one.wanted}",
        )
