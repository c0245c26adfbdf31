"""A shop to visit; after each test that used it, its books are proven."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.web.order.visitor import Visitor


@pytest.fixture
def visitor(db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Visitor]:
    """A stranger in a shop, on the day of its tests."""
    # Django is ready only now.
    from tests.services.till import prove_books
    from tests.web.order.visitor import Visitor

    monkeypatch.setenv("QUARTERDAY_NOW", "2026-03-02T12:00:00+00:00")
    yield Visitor()
    prove_books()
