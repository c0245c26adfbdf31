"""The proofs find nothing in books that are right, and name exactly what is made wrong."""

from __future__ import annotations

import pytest

from quarterday.store.queries.check import PROOFS, check_books
from tests.store.business import make_business

pytestmark = pytest.mark.django_db


def test_books_that_the_services_wrote_are_clean() -> None:
    make_business()
    told: list[tuple[str, int, int]] = []
    assert list(check_books(lambda *one: told.append(one))) == []
    assert [name for name, _, _ in told] == list(PROOFS)
