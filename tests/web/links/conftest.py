"""The seller that services are tested with, and somebody who holds its links."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.services.conftest import open_shop, shop

if TYPE_CHECKING:
    from tests.services.till import Shop
    from tests.web.links.holder import Holder

__all__ = ["holder", "open_shop", "shop"]


@pytest.fixture
def holder(shop: Shop) -> Holder:
    """Somebody with a browser and the links of the first account."""
    from tests.web.links.holder import Holder

    return Holder(shop)
