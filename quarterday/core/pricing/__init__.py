"""Pricing models, one file each: a new file in this package is a new model, and nothing else is.

`MODELS` knows every model by its name; `parse_model` makes one from stored or sent data.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from quarterday.core.errors import BillingError
from quarterday.core.pricing.model import PricingModel, Rated, Step

__all__ = ["MODELS", "PricingModel", "Rated", "Step", "parse_model"]


def _discover() -> dict[str, type[PricingModel]]:
    """The classes of this package's modules that carry the name of a model."""
    found: dict[str, type[PricingModel]] = {}
    for info in iter_modules(__path__):
        module = import_module(f"{__name__}.{info.name}")
        for value in vars(module).values():
            if isinstance(value, type) and value.__module__ == module.__name__:
                name = vars(value).get("model")
                if isinstance(name, str):
                    found[name] = value
    return found


MODELS = _discover()


def parse_model(data: Mapping[str, Any]) -> PricingModel:
    """The pricing model that data describe: its name as ``model``, and its parameters.

    Raises `BillingError` for an unknown model, and for parameters that are missing or unknown.

    >>> parse_model({"model": "package", "size": "10", "price": "99.90"}).to_data()
    {'model': 'package', 'size': '10', 'price': '99.9'}
    """
    name = data.get("model")
    if not isinstance(name, str) or name not in MODELS:
        raise BillingError(f"{name!r} is no pricing model; choose from {', '.join(sorted(MODELS))}")
    return MODELS[name].from_data({key: value for key, value in data.items() if key != "model"})
