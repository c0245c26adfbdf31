"""A seller to bill from; after each test that used it, its books are proven."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
import pytest_django

from quarterday.project.database import parse_database_url

if TYPE_CHECKING:
    from tests.services.till import Shop


@pytest.fixture
def shop(db: None) -> Iterator[Shop]:
    """A seller within a transaction that is rolled back after the test."""
    # Django is ready only now.
    from tests.services.till import Shop, prove_books

    yield Shop()
    prove_books()


@pytest.fixture
def open_shop(
    django_db_setup: None,
    fresh_database_url: str,
    django_db_blocker: pytest_django.DjangoDbBlocker,
) -> Iterator[Shop]:
    """A seller in a database of its own, for tests that use several connections and commit."""
    from django.db import connection

    from tests.services.till import Shop, prove_books

    usual = connection.settings_dict["NAME"]
    with django_db_blocker.unblock():
        connection.close()
        connection.settings_dict["NAME"] = parse_database_url(fresh_database_url)["NAME"]
        try:
            yield Shop()
            prove_books()
        finally:
            connection.close()
            connection.settings_dict["NAME"] = usual
