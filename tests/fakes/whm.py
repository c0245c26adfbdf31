"""A server with WHM for tests: accounts, packages, and answers in the form of WHM API 1."""

from __future__ import annotations

import re
from typing import Any

from tests.fakes.base import FakeGateway, Reply, Request, action, route
from tests.fakes.process import main

USER, TOKEN = "root", "TOKENOFTESTS"
PACKAGES = ("basic", "pro", "plan", "plan2")


class _Refused(Exception):
    """It answers 200 with result 0 and a reason, as WHM does."""


class FakeWhm(FakeGateway):
    """The API at ``url``; ``accounts`` by their user names."""

    code = "whm"

    def __init__(self, port: int = 0) -> None:
        super().__init__(port)
        self.accounts: dict[str, dict[str, Any]] = {}
        self.passwords: list[str] = []

    @action
    def list_accounts(self) -> dict[str, dict[str, Any]]:
        return self.accounts

    @action
    def suspend(self, user: str, reason: str) -> None:
        """Somebody at the server suspends an account."""
        self.accounts[user] |= {"suspended": 1, "suspendreason": reason}

    @route("POST", "/json-api/{function}")
    def serve_api(self, request: Request) -> Reply:
        function, form = request.found["function"], request.form
        if request.headers.get("authorization") != f"whm {USER}:{TOKEN}":
            return Reply("Access denied", 403)
        assert form.pop("api.version") == "1"
        call = getattr(self, f"do_{function}", None)
        try:
            if call is None:
                raise _Refused(f"Unknown app (“{function}”) requested")
            data = call(**form)
        except _Refused as error:
            return self._meta(function, 0, str(error))
        except (TypeError, KeyError) as error:
            return self._meta(function, 0, f"API failure: {error}")
        return self._meta(function, 1, "OK", data)

    def _meta(self, function: str, result: int, reason: str, data: Any = None) -> Reply:
        meta = {"version": 1, "reason": reason, "result": result, "command": function}
        return Reply({"metadata": meta, **({"data": data} if data is not None else {})})

    def do_listaccts(self, search: str, searchtype: str) -> Any:
        assert searchtype == "user"
        return {"acct": [one for user, one in self.accounts.items() if re.search(search, user)]}

    def do_createacct(
        self, username: str, domain: str, plan: str, contactemail: str, password: str
    ) -> Any:
        if username in self.accounts:
            raise _Refused(f"Sorry, a user with the name “{username}” already exists.")
        if any(one["domain"] == domain for one in self.accounts.values()):
            raise _Refused(f"Sorry, the domain {domain} is already set up.")
        if plan not in PACKAGES:
            raise _Refused("Sorry the package you requested does not exist.")
        assert len(password) >= 20
        self.passwords.append(password)
        self.accounts[username] = {
            "user": username,
            "domain": domain,
            "plan": plan,
            "email": contactemail,
            "ip": "203.0.113.7",
            "suspended": 0,
            "suspendreason": "not suspended",
        }
        return {"ip": "203.0.113.7", "nameserver": "ns1.example.com", "package": plan}

    def do_suspendacct(self, user: str, reason: str) -> Any:
        self._need(user).update(suspended=1, suspendreason=reason)

    def do_unsuspendacct(self, user: str) -> Any:
        self._need(user).update(suspended=0, suspendreason="not suspended")

    def do_changepackage(self, user: str, pkg: str) -> Any:
        if pkg not in PACKAGES:
            raise _Refused("Specified package does not exist.")
        self._need(user).update(plan=pkg)

    def do_removeacct(self, user: str) -> Any:
        self._need(user)
        del self.accounts[user]

    def _need(self, user: str) -> dict[str, Any]:
        if user not in self.accounts:
            raise _Refused(f"You do not have a user named “{user}”.")
        return self.accounts[user]


if __name__ == "__main__":
    main(FakeWhm)
