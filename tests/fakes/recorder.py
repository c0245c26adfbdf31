"""A program of somebody else that runs services, told by signed webhooks: it keeps what it did.

``POST /services`` is for the provisioner ``webhook``, ``POST /hooks`` for outgoing webhooks. As a
well-made receiver it believes nobody without a signature, does the same wish once, and refuses a
wish that is older than one it has carried out. With ``looks`` it does so only after it was asked so
often what became of a wish, at ``/jobs/KEY`` or, without ``names_job``, at ``/services/SERVICE``.
"""

from __future__ import annotations

import base64
import hmac
from dataclasses import asdict, dataclass
from typing import Any

from tests.fakes.base import FakeGateway, Reply, Request, action, route
from tests.fakes.process import main

SECRET = "whsec_" + base64.b64encode(b"the secret of all the tests here").decode()
_RESULT = {
    "create": "active",
    "restore": "active",
    "suspend": "suspended",
    "restrict": "restricted",
    "terminate": "terminated",
}


@dataclass
class Service:
    """A service as it is here."""

    condition: str
    plan: str
    generation: int


@dataclass(frozen=True)
class Call:
    """A wish that was carried out, when its sender said that it was, and what the service was."""

    key: str
    action: str
    service: str
    subscription: str
    external_id: str
    account: str
    at: str
    before: str
    reason: str


class FakeRecorder(FakeGateway):
    """The program. ``calls`` is what it did, ``hooks`` what it was told."""

    code = "recorder"

    def __init__(self, port: int = 0) -> None:
        super().__init__(port)
        self.services: dict[str, Service] = {}
        self.calls: list[Call] = []
        self.hooks: list[dict[str, Any]] = []
        self.hook_ids: list[str] = []
        self.forged = 0
        self.looks, self.names_job = 0, True
        self.begun: dict[str, tuple[Request, int]] = {}

    @action
    def list_services(self) -> dict[str, dict[str, Any]]:
        return {name: asdict(one) for name, one in self.services.items()}

    @action
    def list_calls(self) -> list[dict[str, Any]]:
        return [asdict(one) for one in self.calls]

    @action
    def list_hooks(self) -> list[dict[str, Any]]:
        return list(self.hooks)

    @route("POST", "/services")
    def drive(self, request: Request) -> Reply:
        if not self._is_signed(request):
            return Reply({"error": "who are you?"}, 401)
        wish = request.json["data"]
        if self.looks and all(one.key != wish["key"] for one in self.calls):
            self.begun[wish["key"]] = (request, self.looks)
            where = {"Location": f"/jobs/{wish['key']}"} if self.names_job else {}
            return Reply(None, 202, where)
        return self._do(request)

    @route("GET", "/jobs/{key}")
    def show_job(self, request: Request) -> Reply:
        if not self._is_signed(request):
            return Reply({"error": "who are you?"}, 401)
        if request.found["key"] not in self.begun:
            return Reply({"error": "there is no such job"}, 404)
        return self._look(request.found["key"]) or Reply(None, 202)

    @route("GET", "/services/{service}")
    def show_service(self, request: Request) -> Reply:
        if not self._is_signed(request):
            return Reply({"error": "who are you?"}, 401)
        for key in [one for one in self.begun if one.startswith(f"{request.found['service']}.")]:
            self._look(key)
        known = self.services.get(request.found["service"])
        return Reply(asdict(known)) if known else Reply({"error": "there is no such service"}, 404)

    def _look(self, key: str) -> Reply | None:
        """Somebody asks what became of a wish; the answer once it is done."""
        asked, left = self.begun.pop(key)
        if left <= 1:
            return self._do(asked)
        self.begun[key] = (asked, left - 1)
        return None

    def _do(self, request: Request) -> Reply:
        wish = request.json["data"]
        known = self.services.get(wish["service"])
        before = known.condition if known else "none"
        if any(one.key == wish["key"] for one in self.calls):
            return Reply({"data": {"host": "node-1"}})
        if known and wish["generation"] < known.generation:
            return Reply({"error": "something newer was asked before"}, 409)
        if wish["action"] != "create" and known is None:
            return Reply({"error": "there is no such service"}, 404)
        self.calls.append(
            Call(
                wish["key"],
                wish["action"],
                wish["service"],
                wish["subscription"],
                wish["external_id"],
                wish["customer"]["external_id"] or wish["customer"]["id"],
                request.json["timestamp"],
                before,
                wish["reason"],
            )
        )
        condition = _RESULT.get(wish["action"], before)
        self.services[wish["service"]] = Service(condition, wish["plan"], wish["generation"])
        return Reply({"data": {"host": "node-1"}})

    @route("POST", "/hooks")
    def hear(self, request: Request) -> Reply:
        if not self._is_signed(request):
            return Reply({"error": "who are you?"}, 401)
        if request.headers["webhook-id"] not in self.hook_ids:
            self.hook_ids.append(request.headers["webhook-id"])
            self.hooks.append(request.json)
        return Reply(None, 204)

    def _is_signed(self, request: Request) -> bool:
        key = base64.b64decode(SECRET.removeprefix("whsec_"))
        name, stamp = request.headers["webhook-id"], request.headers["webhook-timestamp"]
        signed = f"{name}.{stamp}.".encode() + request.body
        digest = base64.b64encode(hmac.digest(key, signed, "sha256")).decode()
        is_right = f"v1,{digest}" in request.headers["webhook-signature"].split()
        self.forged += not is_right
        return is_right


if __name__ == "__main__":
    main(FakeRecorder)
