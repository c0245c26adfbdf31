"""Adapters: each translates cases of one shape, given the fields that mark the shape.

Every module of ``adapters`` is loaded, so a new family is a new file. The arithmetic belongs to
``quarterday.core``; an adapter only translates words.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from pkgutil import iter_modules
from typing import Any, NamedTuple

from tests.conformance import adapters
from tests.conformance.case import Given

Answers = Mapping[str, Any]
Translate = Callable[[Given], Answers]


class Adapter(NamedTuple):
    """A translation, and the fields that a case must give for it: one name of each group."""

    name: str
    needs: tuple[tuple[str, ...], ...]
    translate: Translate

    def fits(self, given: Given) -> bool:
        return all(given.has(*names) for names in self.needs)


_ADAPTERS: list[Adapter] = []


def adapter(*needs: str) -> Callable[[Translate], Translate]:
    """Register a translation. A need with bars names alternatives: ``start|start_date``.

    An answer may be a function without arguments, called only when the case asks for it.
    """

    def register(translate: Translate) -> Translate:
        groups = tuple(tuple(need.split("|")) for need in needs)
        _ADAPTERS.append(Adapter(f"{translate.__module__}.{translate.__name__}", groups, translate))
        return translate

    return register


def all_adapters() -> list[Adapter]:
    """Every adapter, those that ask for more fields first."""
    for module in iter_modules(adapters.__path__):
        import_module(f"{adapters.__name__}.{module.name}")
    return sorted(_ADAPTERS, key=lambda each: (-len(each.needs), each.name))
