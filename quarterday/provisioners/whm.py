"""cPanel accounts on a server with WHM, by WHM API 1.

Each wish first looks at the account, so that one which was carried out already is found done: an
account is known by its user name, which stays the same for a service. What others suspended, an
abuse desk for example, is not restored here. A password is made for a new account, and neither
kept nor told: the customer sets one by cPanel's own "reset password", which mails the contact
address.
"""

from __future__ import annotations

import base64
import json
import re
import secrets
from collections.abc import Mapping
from hashlib import sha256
from typing import Any, ClassVar
from urllib.parse import urlencode

from quarterday.core.errors import BillingError
from quarterday.core.service import ServiceAction, ServiceCondition
from quarterday.ports.gateway import Setting
from quarterday.ports.guarded_http import NoAnswer, call, check_web_address
from quarterday.ports.provisioner import Answer, Done, Failed, Found, Unknown, Wish

_USER = re.compile(r"[a-z][a-z0-9]{0,15}")
_DOMAIN = re.compile(r"([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{1,62}")
# By this word at the beginning of its reason a suspension is known as ours.
_OURS = "Quarterday"
_TIMEOUT = 30

Account = Mapping[str, Any]


class _Refused(Exception):  # noqa: N818 - named for what it says
    """WHM understood, and does not do it."""


class WhmProvisioner:
    """A WHM server, and who we are there."""

    code: ClassVar[str] = "whm"
    name: ClassVar[str] = "WHM / cPanel"
    settings: ClassVar[tuple[Setting, ...]] = (
        Setting("url", "The server, such as https://server1.example.com:2087"),
        Setting("user", "root, or a reseller"),
        Setting("token", "An API token of that user", is_secret=True),
    )
    actions: ClassVar[frozenset[ServiceAction]] = frozenset(
        set(ServiceAction) - {ServiceAction.RESTRICT}
    )
    patience: ClassVar[int] = 240

    def __init__(self, config: Mapping[str, str]) -> None:
        self.url = check_web_address(config["url"], "url").rstrip("/")
        self.user, self.token = config["user"], config["token"]
        if not all(sign.isalnum() or sign in "_-." for sign in self.user):
            raise BillingError(f"user must be a user name of WHM, not {self.user!r}")

    def carry_out(self, wish: Wish) -> Answer:
        """Look, act unless it is so already, and look again where WHM refused."""
        try:
            return self._act(wish)
        except _Refused as error:
            return Failed(f"WHM says: {error}", is_retryable=False)
        except NoAnswer as error:
            return Unknown(str(error))

    def look_up(self, wish: Wish) -> Found | None:
        """How the account is; one that is not there was never made, or is gone."""
        try:
            account = self._find(choose_user(wish))
        except (_Refused, NoAnswer, BillingError):
            return None
        if account is None:
            return Found(ServiceCondition.NONE)
        if not _is_suspended(account):
            return Found(ServiceCondition.ACTIVE)
        return Found(ServiceCondition.SUSPENDED, is_foreign=not _is_ours(account))

    def _act(self, wish: Wish) -> Answer:
        user = choose_user(wish)
        account = self._find(user)
        if wish.action is ServiceAction.CREATE:
            return self._create(wish, user, account)
        if wish.action is ServiceAction.TERMINATE:
            if account is not None:
                self._ask("removeacct", user=user)
            return Done()
        if account is None:
            return Failed(f"the server has no account {user}; make it, then try again", False)
        match wish.action:
            case ServiceAction.SUSPEND:
                if not _is_suspended(account):
                    self._ask("suspendacct", user=user, reason=f"{_OURS}: {wish.reason or 'held'}")
            case ServiceAction.RESTORE:
                return self._restore(user, account)
            case ServiceAction.CHANGE_PLAN:
                if account.get("plan") != (package := choose_package(wish)):
                    self._ask("changepackage", user=user, pkg=package)
            case _:
                return Failed("WHM cannot restrict an account", is_retryable=False)
        return Done(_describe(user, account))

    def _create(self, wish: Wish, user: str, account: Account | None) -> Answer:
        domain = _read_domain(wish)
        if account is None:
            made = self._ask(
                "createacct",
                username=user,
                domain=domain,
                plan=choose_package(wish),
                contactemail=wish.customer.email,
                # Never kept: see the top of this file.
                password=base64.b85encode(secrets.token_bytes(24)).decode(),
            )
            return Done(_describe(user, {**made, "domain": domain}))
        if account.get("domain") != domain:
            text = f"the user name {user} is that of {account.get('domain')}; choose another"
            return Failed(f"{text} in the subscription's data", is_retryable=False)
        if _is_suspended(account):
            return self._restore(user, account)
        return Done(_describe(user, account))

    def _restore(self, user: str, account: Account) -> Answer:
        if _is_suspended(account):
            if not _is_ours(account):
                reason = str(account.get("suspendreason", ""))[:100]
                return Failed(
                    f"others suspended it on the server ({reason}); restore it there, then retry",
                    is_retryable=False,
                )
            self._ask("unsuspendacct", user=user)
        return Done(_describe(user, account))

    def _find(self, user: str) -> Account | None:
        """The account of a user; None where there is none."""
        found = self._ask("listaccts", search=f"^{user}$", searchtype="user").get("acct", [])
        rows = [one for one in found if isinstance(one, dict) and one.get("user") == user]
        return rows[0] if rows else None

    def _ask(self, function: str, **fields: str) -> Mapping[str, Any]:
        """What WHM answers to a function, as its ``data``."""
        answer = call(
            f"{self.url}/json-api/{function}",
            # In the body, as addresses stand in logs.
            body=urlencode({"api.version": "1", **fields}).encode(),
            headers={
                "authorization": f"whm {self.user}:{self.token}",
                "content-type": "application/x-www-form-urlencoded",
            },
            timeout=_TIMEOUT,
        )
        if answer.status in (401, 403):
            raise _Refused("the token is not accepted, or may not do this")
        try:
            said = json.loads(answer.body)
            meta = said["metadata"]
            result, reason = int(meta["result"]), str(meta.get("reason", ""))
        except (ValueError, KeyError, TypeError):
            raise NoAnswer(f"the server answered {answer.status}, not in WHM's form") from None
        if result != 1:
            raise _Refused(reason[:300])
        data = said.get("data")
        return data if isinstance(data, dict) else {}


def choose_user(wish: Wish) -> str:
    """The user name of a service: the one it has, else one that is wished for, else one that
    follows from its id, so that it is the same each time.
    """
    given = wish.known_as.get("user") or wish.contract.get("user")
    if given:
        if not _USER.fullmatch(str(given)):
            raise BillingError(f"{given!r} is no user name of cPanel: a-z and 0-9, at most 16")
        return str(given)
    return "q" + sha256(wish.service.encode()).hexdigest()[:9]


def choose_package(wish: Wish) -> str:
    """The package of WHM: what the options of the plan say, else the plan's own code."""
    return str(wish.options.get("package") or wish.plan)


def _read_domain(wish: Wish) -> str:
    domain = str(wish.contract.get("domain", "")).strip().lower().rstrip(".")
    if not _DOMAIN.fullmatch(domain):
        raise BillingError("give the subscription's data a domain, such as example.com")
    return domain


def _is_suspended(account: Account) -> bool:
    return str(account.get("suspended", 0)) == "1"


def _is_ours(account: Account) -> bool:
    return str(account.get("suspendreason", "")).startswith(_OURS)


def _describe(user: str, account: Account) -> dict[str, str]:
    names = ("domain", "ip")
    return {"user": user, **{name: str(account[name]) for name in names if account.get(name)}}
