"""The seller that services are tested with, for pages of the console too."""

from __future__ import annotations

import pytest
import pytest_django

from tests.services.conftest import open_shop, shop

__all__ = ["open_shop", "shop"]


@pytest.fixture(autouse=True)
def quick_hashes(settings: pytest_django.fixtures.SettingsWrapper) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
