"""The seller of the orders' tests."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.services.orders.storefront import Storefront


@pytest.fixture
def front(db: None) -> Iterator[Storefront]:
    # Django is ready only now.
    from tests.services.orders.storefront import Storefront
    from tests.services.till import prove_books

    yield Storefront()
    prove_books()
