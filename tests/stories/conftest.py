"""A small business of everything, filled once and copied for each story."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest

from tests.databases import Databases


@pytest.fixture(scope="session")
def business_url(databases: Databases) -> Iterator[str]:
    """The database of `tests.stories.make_business`, to be copied and left alone."""
    url = databases.create()
    environment = os.environ | {"QUARTERDAY_DATABASE_URL": url}
    subprocess.run(
        [sys.executable, "-m", "tests.stories.make_business"], env=environment, check=True
    )
    yield url
    databases.drop(url)


@pytest.fixture
def copy_business(databases: Databases, business_url: str) -> Iterator[Callable[[], str]]:
    """Call it for the URL of a copy of the business."""
    urls: list[str] = []

    def copy() -> str:
        urls.append(databases.copy(business_url))
        return urls[-1]

    yield copy
    for url in urls:
        databases.drop(url)
