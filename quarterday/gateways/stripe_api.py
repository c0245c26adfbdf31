"""How Stripe is asked: by its own library, with answers as plain data.

What may move money is asked twice at most, with the same idempotency key: if the first question
was heard, the second gets its answer. The library may not ask again by itself: a refusal that has
nothing to do with the question, such as a wrong key, would hide that the first one was heard.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Any, cast

from quarterday.core.errors import BillingError

Object = Mapping[str, Any]
# To connect, and to read; a bank may take its time.
SECONDS = (5.0, 30.0)
_READ_TRIES = 2


class Refusal(BillingError):  # noqa: N818 - a fact, not a fault
    """Stripe understood and did nothing; ``error`` says why, as its API documents it."""

    def __init__(self, error: Object) -> None:
        super().__init__(str(error.get("message") or error.get("code") or "it did not say why"))
        self.error = error

    def says(self, *codes: str) -> bool:
        """Whether it is one of these codes."""
        return self.error.get("code") in codes

    def is_about(self, name: str) -> bool:
        """Whether a parameter names something that is gone."""
        return self.says("resource_missing") and self.error.get("param") == name


class Mismatch(Exception):  # noqa: N818 - neither a refusal nor a fault
    """The idempotency key was used for another question before, so that one was heard."""


class StripeApi:
    """One Stripe account."""

    def __init__(self, key: str, url: str = "") -> None:
        self._client: Any = _connect(key, url, os.getpid())

    def create(self, path: str, fields: Object, key: str) -> Object:
        """Make something, once for each key."""
        service = self._find(path)
        try:
            return self._ask(lambda: service.create(fields, {"idempotency_key": key}))
        except (BillingError, Mismatch):
            raise
        except Exception as error:
            return self._ask_again(service, fields, key, error)

    def _ask_again(self, service: Any, fields: Object, key: str, first: Exception) -> Object:
        """After no answer: only an answer to this very question counts."""
        try:
            return self._ask(lambda: service.create(fields, {"idempotency_key": key}))
        except (Refusal, Mismatch):
            raise
        except Exception:
            raise first from None

    def get(self, path: str, name: str, *expand: str) -> Object | None:
        """One by its id, with more of it expanded; None where there is none."""
        fields = {"expand": list(expand)} if expand else {}
        options = {"max_network_retries": _READ_TRIES}
        try:
            return self._ask(lambda: self._find(path).retrieve(name, fields, options))
        except Refusal as refusal:
            if refusal.says("resource_missing"):
                return None
            raise

    def act(self, path: str, action: str, name: str) -> Object:
        """Do something harmless with one."""
        options = {"max_network_retries": _READ_TRIES}
        return self._ask(lambda: getattr(self._find(path), action)(name, {}, options))

    def list(self, path: str, **fields: Any) -> Iterator[Object]:
        """All that there are, the newest first, page by page."""
        options = {"max_network_retries": _READ_TRIES}
        service = self._find(path)

        def ask_page() -> Any:
            return service.list({"limit": 100, **fields, **after}, options)

        after: dict[str, str] = {}
        while True:
            page = self._ask(ask_page)
            yield from page["data"]
            if not page["has_more"] or not page["data"]:
                return
            after["starting_after"] = str(page["data"][-1]["id"])

    def _find(self, path: str) -> Any:
        service = self._client.v1
        for name in path.split("."):
            service = getattr(service, name)
        return service

    def _ask(self, call: Callable[[], Any]) -> Object:
        """Ask once. `Refusal` says that nothing was done; `BillingError`, that nobody was asked;
        anything else may have been heard.
        """
        import stripe

        try:
            return cast(Object, call().to_dict())
        except stripe.IdempotencyError as error:
            raise Mismatch(str(error)) from None
        except stripe.CardError as error:
            # Whatever it calls itself: 402 says that the bank was asked.
            raise Refusal({**_read_error(error), "type": "card_error"}) from None
        except stripe.InvalidRequestError as error:
            raise Refusal(_read_error(error)) from None
        except stripe.AuthenticationError:
            raise BillingError(
                "Stripe does not know this key; set gateways.stripe.secret_key"
            ) from None
        except stripe.PermissionError as error:
            raise BillingError(f"the key may not do this at Stripe: {error}") from None


@lru_cache(maxsize=32)
def _connect(key: str, url: str, process: int) -> Any:
    """A client keeps its connections, which no other process may share."""
    # It takes long to import, and most processes never need it.
    import stripe

    return stripe.StripeClient(
        key,
        base_addresses={"api": url} if url else None,
        max_network_retries=0,
        http_client=stripe.RequestsClient(timeout=SECONDS),
    )


def _read_error(error: Any) -> Object:
    found = error.error.to_dict() if error.error is not None else {}
    return cast(Object, found or {"message": str(error), "code": error.code})
