"""The books of `tests.store.business`, which have every kind of fact in them."""

from tests.store.conftest import _business, books

__all__ = ["_business", "books"]
