"""A program of your own, told by a signed request (Standard Webhooks).

What it answers: 2xx is done, and JSON with ``data`` is kept with the service; 202 is begun, and it
is asked again until it says done; 408, 425, 429 and 5xx are tried again; every other answer is a
refusal that somebody has to look at.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import ClassVar

from quarterday.core.service import ServiceAction
from quarterday.core.webhook import read_secret, sign_webhook
from quarterday.ports.gateway import Setting
from quarterday.ports.guarded_http import HttpAnswer, NoAnswer, call, check_web_address
from quarterday.ports.provisioner import Answer, Done, Failed, Unknown, Wish, make_body, read_data

_BUSY = frozenset({408, 425, 429})
_ACCEPTED = 202


class WebhookProvisioner:
    """An https address that is told what to do."""

    code: ClassVar[str] = "webhook"
    name: ClassVar[str] = "Signed webhook"
    settings: ClassVar[tuple[Setting, ...]] = (
        Setting("url", "The https address to tell"),
        Setting("secret", "Signs each request (whsec_… or at least 24 characters)", is_secret=True),
    )
    actions: ClassVar[frozenset[ServiceAction]] = frozenset(ServiceAction)
    patience: ClassVar[int] = 45

    def __init__(self, config: Mapping[str, str]) -> None:
        self.url = check_web_address(config["url"], "url")
        self.secret = config["secret"]
        read_secret(self.secret)

    def carry_out(self, wish: Wish) -> Answer:
        """Tell it, and judge what it answers."""
        body = json.dumps(make_body(wish), ensure_ascii=False, sort_keys=True).encode()
        stamp = int(wish.now.timestamp())
        headers = sign_webhook(self.secret, wish.key, stamp, body)
        headers |= {"content-type": "application/json", "user-agent": "Quarterday"}
        try:
            answer = call(self.url, body=body, headers=headers)
        except NoAnswer as error:
            return Unknown(str(error))
        return _judge(answer)


def _judge(answer: HttpAnswer) -> Answer:
    said = answer.body[:200].decode("utf-8", "replace")
    if answer.status == _ACCEPTED:
        return Unknown("it has begun, and is not done yet")
    if 200 <= answer.status < 300:
        return Done(read_data(answer.body))
    text = f"it answered {answer.status}: {said}".rstrip(": ")
    if answer.status >= 500:
        # Programs break before and after they have done something.
        return Unknown(text)
    return Failed(text, is_retryable=answer.status in _BUSY)
