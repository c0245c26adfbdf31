"""Check what the brand of a seller says, so that no page, mail or payment finds out first."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from stdnum import bic as bic_numbers
from stdnum import iban as iban_numbers
from stdnum.exceptions import ValidationError

from quarterday.core import collection, instalments
from quarterday.core.approval import read_approval_limits
from quarterday.core.credit_policy import read_policy
from quarterday.core.dispute import read_dispute_policy
from quarterday.core.dunning import read_setup
from quarterday.core.errors import BillingError
from quarterday.core.funds import read_limits
from quarterday.core.limits import find_bad_data
from quarterday.core.method_fee import read_fees
from quarterday.core.money import currency
from quarterday.ports.gateway import list_gateways
from quarterday.services.provisioning.check_places import check_places

_HOST = re.compile(
    r"(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
)
_MAIL = re.compile(r"[^@\s<>\"]{1,64}@[a-z0-9.-]{1,190}", re.IGNORECASE | re.ASCII)
_POLICIES: Mapping[str, Callable[[Mapping[str, Any]], Any]] = {
    "approvals": read_approval_limits,
    "collection": collection.read_policy,
    "dunning": read_setup,
    "instalments": instalments.read_policy,
    "method_fees": read_fees,
}
_OWN = {"is_enabled", "currencies", "position"}


def check_brand_data(data: Mapping[str, Any]) -> dict[str, Any]:
    """The data in the form in which it is stored; what is unknown here is kept as it is.

    Raises `BillingError`, which names the field.
    """
    if bad := find_bad_data(dict(data)):
        raise BillingError(f"the brand cannot be kept, since {bad}; remove it")
    checked = dict(data)
    for name in ("support_email", "reply_to"):
        _check_each(checked, name, _check_mail)
    for name in ("website", "terms_url"):
        _check_each(checked, name, _check_url)
    _check_each(checked, "iban", _check_iban)
    _check_each(checked, "bic", _check_bic)
    if "link_hosts" in checked:
        hosts = checked["link_hosts"]
        if not isinstance(hosts, list | tuple):
            raise BillingError("link_hosts must be a list of host names")
        checked["link_hosts"] = [check_host(str(one), "link_hosts") for one in hosts]
    places = {"gateways": _check_gateways, "provisioners": check_places}
    checked |= {name: check(checked[name]) for name, check in places.items() if name in checked}
    if "add_funds" in checked:
        for code in _need_mapping(checked["add_funds"], "add_funds"):
            read_limits(checked["add_funds"], currency(str(code)).code)
    if "credit" in checked:
        read_policy(checked["credit"])
    if "disputes" in checked:
        read_dispute_policy(_need_mapping(checked["disputes"], "disputes"))
    for name, read in _POLICIES.items():
        if name in checked:
            read(checked[name])
    return checked


def check_host(value: str, field: str) -> str:
    """A host name in small letters, without port or path; raises `BillingError`."""
    clean = value.strip().lower()
    if not _HOST.fullmatch(clean):
        raise BillingError(f"{field} must be a host name such as billing.example.com: {value!r}")
    return clean


def _check_each(data: dict[str, Any], name: str, check: Any) -> None:
    if data.get(name):
        data[name] = check(str(data[name]).strip(), name)


def _check_mail(value: str, field: str) -> str:
    if not _MAIL.fullmatch(value):
        raise BillingError(f"{field} must be a mail address such as help@example.com: {value!r}")
    return value


def _check_url(value: str, field: str) -> str:
    """Only web addresses: these become links, and a link can run a script."""
    try:
        parts = urlsplit(value)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in ("http", "https") or not parts.hostname or " " in value:
        raise BillingError(f"{field} must be an address such as https://example.com: {value!r}")
    return value


def _check_iban(value: str, field: str) -> str:
    try:
        return str(iban_numbers.validate(value))
    except ValidationError:
        raise BillingError(f"{field} {value!r} has wrong check digits; look it up again") from None


def _check_bic(value: str, field: str) -> str:
    try:
        return str(bic_numbers.validate(value))
    except ValidationError:
        raise BillingError(f"{field} {value!r} is not of 8 or 11 signs; look it up again") from None


def _check_gateways(given: Any) -> dict[str, dict[str, Any]]:
    known = list_gateways()
    checked = {}
    for code, options in _need_mapping(given, "gateways").items():
        if code not in known:
            raise BillingError(
                f"there is no gateway {code!r}; there are {', '.join(sorted(known))}"
            )
        checked[str(code)] = _check_options(str(code), _need_mapping(options, f"gateway {code}"))
    return checked


def _check_options(code: str, options: Mapping[str, Any]) -> dict[str, Any]:
    settings = {one.name: one for one in list_gateways()[code].settings}
    known = _OWN | settings.keys()
    for name, value in options.items():
        if name not in known:
            raise BillingError(f"gateway {code} has no {name!r}; it has {', '.join(sorted(known))}")
        if name in settings and settings[name].is_secret and not str(value).startswith("env:"):
            raise BillingError(
                f"gateway {code} must name {name} like env:VARIABLE, so that the secret is not "
                "in the database"
            )
    if not isinstance(options.get("is_enabled", True), bool):
        raise BillingError(f"gateway {code} must have is_enabled true or false")
    position = options.get("position", 0)
    if isinstance(position, bool) or not isinstance(position, int):
        raise BillingError(f"gateway {code} must have position as a whole number")
    checked = dict(options)
    if "iban" in checked:
        checked["iban"] = _check_iban(str(checked["iban"]), f"iban of {code}")
    if not any(one.is_secret for one in settings.values()):
        # Without secrets it can be opened here and now, and says what it does not take.
        list_gateways()[code]({name: str(checked[name]) for name in settings if checked.get(name)})
    codes = checked.get("currencies", [])
    if not isinstance(codes, list | tuple):
        raise BillingError(f"gateway {code} must have currencies as a list of codes")
    if codes:
        checked["currencies"] = [currency(str(one)).code for one in codes]
    return checked


def _need_mapping(value: Any, field: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise BillingError(f"{field} must be names and values, not {value!r}")
    return value
