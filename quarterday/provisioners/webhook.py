"""A program of your own, told by a signed request (Standard Webhooks).

What it answers: 2xx is done, and JSON with ``data`` is kept with the service; 202 is begun, and the
address that it names is asked until it is done, or it is told again; 408, 425, 429 and 5xx are
tried again; every other answer is a refusal that somebody has to look at.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, ClassVar
from urllib.parse import quote, urljoin, urlsplit

from quarterday.core.errors import BillingError
from quarterday.core.service import ServiceAction, ServiceCondition, condition_after
from quarterday.core.webhook import read_secret, sign_webhook
from quarterday.ports.gateway import Setting
from quarterday.ports.guarded_http import (
    CannotReach,
    HttpAnswer,
    NoAnswer,
    call,
    check_web_address,
)
from quarterday.ports.provisioner import (
    Answer,
    Begun,
    Done,
    Failed,
    Found,
    Unknown,
    Wish,
    make_body,
    read_data,
)

_BUSY = frozenset({408, 425, 429})
_GONE = frozenset({404, 410})
_ACCEPTED = 202
_SERVICE = "{service}"
_BEGUN = "it has begun, and is not done yet"


class WebhookProvisioner:
    """An https address that is told what to do, and one that says how a service is, if there is."""

    code: ClassVar[str] = "webhook"
    name: ClassVar[str] = "Signed webhook"
    settings: ClassVar[tuple[Setting, ...]] = (
        Setting("url", "The https address to tell"),
        Setting("secret", "Signs each request (whsec_… or at least 24 characters)", is_secret=True),
        Setting("status_url", "The https address that says how {service} is", is_required=False),
    )
    actions: ClassVar[frozenset[ServiceAction]] = frozenset(ServiceAction)
    patience: ClassVar[int] = 45

    def __init__(self, config: Mapping[str, str]) -> None:
        self.url = check_web_address(config["url"], "url")
        self.secret = config["secret"]
        self.status_url = config.get("status_url", "")
        read_secret(self.secret)
        if not self.status_url:
            return
        check_web_address(self.status_url, "status_url")
        if _SERVICE not in self.status_url:
            raise BillingError(f"status_url must have {_SERVICE} in it, for the id of the service")
        # Only a place with that address can be asked.
        self.look_up = self._look_up

    def carry_out(self, wish: Wish) -> Answer:
        """Tell it, or ask what became of what it has begun, and judge what it answers."""
        if wish.ask_at:
            return self._follow(wish)
        body = json.dumps(make_body(wish), ensure_ascii=False, sort_keys=True).encode()
        try:
            answer = self._call(self.url, wish, body)
        except NoAnswer as error:
            return Unknown(str(error))
        if answer.status == _ACCEPTED:
            return Begun(_BEGUN, self._find_address(answer, wish))
        if 200 <= answer.status < 300:
            return Done(read_data(answer.body))
        return _judge_problem(answer, "")

    def _look_up(self, wish: Wish) -> Found | None:
        """How a service is there; one that it does not know is none."""
        try:
            answer = self._call(self._fill(wish), wish)
            said = _read_object(answer.body)
            if answer.status in _GONE:
                return Found(ServiceCondition.NONE)
            if answer.status != 200:
                return None
            found = ServiceCondition(str(said.get("condition")))
            is_gone = found is ServiceCondition.TERMINATED
            return Found(ServiceCondition.NONE if is_gone else found)
        except (CannotReach, NoAnswer, ValueError):
            return None

    def _follow(self, wish: Wish) -> Answer:
        """Ask what became of it: done, refused, still at it, or forgotten, which is told anew."""
        try:
            answer = self._call(wish.ask_at, wish)
        except (CannotReach, NoAnswer) as error:
            return Unknown(str(error), wish.ask_at)
        if answer.status == _ACCEPTED:
            return Begun(_BEGUN, self._find_address(answer, wish))
        is_gone = answer.status in _GONE
        said = _read_object(answer.body)
        if wish.ask_at == self._fill(wish) and (is_gone or "condition" in said):
            return self._compare({"condition": "none"} if is_gone else said, wish)
        if is_gone:
            return Unknown("it knows nothing of what it had begun, and is told again")
        if 200 <= answer.status < 300:
            return Done(read_data(answer.body))
        return _judge_problem(answer, wish.ask_at)

    def _compare(self, said: Mapping[str, Any], wish: Wish) -> Answer:
        """Whether a service is as it was wished for."""
        try:
            found = ServiceCondition(str(said["condition"]))
        except ValueError:
            return Unknown(f"it says {str(said['condition'])[:40]!r}, which is no condition")
        action = wish.action
        is_so = condition_after(action, found) is found
        if action is ServiceAction.TERMINATE:
            is_so = is_so or found is ServiceCondition.NONE
        if action is ServiceAction.CHANGE_PLAN:
            is_so = said.get("plan") == wish.plan
        if not is_so:
            return Begun(f"it is {found} still, and to {action}", wish.ask_at)
        data = said.get("data")
        return Done(data if isinstance(data, dict) else {})

    def _find_address(self, answer: HttpAnswer, wish: Wish) -> str:
        """Where to ask from now on: what it names now or named before, or the place's own address.

        What leads to another host is not followed: nobody has checked that one.
        """
        named = answer.location or str(_read_object(answer.body).get("status_url") or "")
        address = urljoin(wish.ask_at or self.url, named) if named else ""
        if address and urlsplit(address)[:2] == urlsplit(self.url)[:2]:
            return address
        return wish.ask_at or self._fill(wish)

    def _fill(self, wish: Wish) -> str:
        return self.status_url.replace(_SERVICE, quote(wish.service, safe=""))

    def _call(self, url: str, wish: Wish, body: bytes = b"") -> HttpAnswer:
        stamp = int(wish.now.timestamp())
        headers = sign_webhook(self.secret, wish.key, stamp, body)
        headers["user-agent"] = "Quarterday"
        if not body:
            return call(url, method="GET", headers=headers)
        return call(url, body=body, headers=headers | {"content-type": "application/json"})


def _judge_problem(answer: HttpAnswer, ask_at: str) -> Answer:
    said = answer.body[:200].decode("utf-8", "replace")
    text = f"it answered {answer.status}: {said}".rstrip(": ")
    if answer.status >= 500 or (ask_at and answer.status in _BUSY):
        # Programs break before and after they have done something.
        return Unknown(text, ask_at)
    return Failed(text, is_retryable=answer.status in _BUSY)


def _read_object(said: bytes) -> dict[str, Any]:
    try:
        found = json.loads(said)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
