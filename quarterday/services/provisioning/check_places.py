"""Check the places of a brand, so that no service finds out first."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from quarterday.core.errors import BillingError
from quarterday.ports.provisioner import list_provisioners

_CODE = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
# What a secret is taken for while everything else is checked.
_STANDS_FOR = "a secret that is not looked at"


def check_places(given: Any) -> dict[str, dict[str, Any]]:
    """The places by their codes, each with its kind and settings. Raises `BillingError`."""
    if not isinstance(given, Mapping):
        raise BillingError("provisioners must be places by their codes")
    return {str(code): _check_place(str(code), place) for code, place in given.items()}


def _check_place(code: str, place: Any) -> dict[str, Any]:
    if not _CODE.fullmatch(code):
        raise BillingError(f"the code of a place must be small letters and digits, not {code!r}")
    kinds = list_provisioners()
    kind = kinds.get(str(place.get("kind"))) if isinstance(place, Mapping) else None
    if kind is None:
        raise BillingError(f"place {code} must have a kind: one of {', '.join(sorted(kinds))}")
    settings = {one.name: one for one in kind.settings}
    for name, value in place.items():
        if name != "kind" and name not in settings:
            known = ", ".join(sorted(settings)) or "no settings"
            raise BillingError(f"place {code} has no {name!r}; a {kind.code} has {known}")
        if name in settings and settings[name].is_secret and not str(value).startswith("env:"):
            raise BillingError(
                f"place {code} must name {name} like env:VARIABLE, so that the secret is not in "
                "the database"
            )
    for one in settings.values():
        if one.is_required and not place.get(one.name):
            raise BillingError(f"place {code} needs {one.name}: {one.text}")
    secrets = {one.name: _STANDS_FOR for one in settings.values() if one.is_secret}
    try:
        kind({name: str(value) for name, value in {**place, **secrets}.items() if name != "kind"})
    except BillingError as error:
        raise BillingError(f"place {code}: {error}") from None
    return dict(place)
