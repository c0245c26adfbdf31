"""Books to read: written once for each file of tests, and as they were before every test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import pytest_django


@pytest.fixture(scope="module")
def _business(
    django_db_setup: None, django_db_blocker: pytest_django.DjangoDbBlocker
) -> Iterator[None]:
    # Django is ready only now.
    from django.db import transaction

    from tests.store.business import make_business

    with django_db_blocker.unblock(), transaction.atomic():
        make_business()
        yield
        transaction.set_rollback(True)


@pytest.fixture
def books(_business: None, django_db_blocker: pytest_django.DjangoDbBlocker) -> Iterator[None]:
    """The books of `make_business`; what the test does to them is undone."""
    from django.db import transaction

    from tests.store.damage import restore_checks

    with django_db_blocker.unblock():
        with transaction.atomic():
            yield
            transaction.set_rollback(True)
        restore_checks()
