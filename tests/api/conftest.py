"""The seller that services are tested with, for hooks too."""

from tests.services.conftest import open_shop, shop

__all__ = ["open_shop", "shop"]
