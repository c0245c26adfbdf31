"""How PayPal is asked: over HTTPS, with a token that is kept in memory until PayPal refuses it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple

from quarterday.core.errors import BillingError

LIVE, SANDBOX = "https://api-m.paypal.com", "https://api-m.sandbox.paypal.com"
Row = Mapping[str, Any]
# To read and to connect.
SECONDS = (20.0, 5.0)
_CREATED, _BAD, _UNAUTHORIZED, _NOT_FOUND, _CONFLICT, _OFTEN = 201, 400, 401, 404, 409, 429
_SERVER = 500
_MOST_PAGES = 500
# By address, client and secret, of this process.
_tokens: dict[tuple[str, str, str], str] = {}


class Refusal(BillingError):  # noqa: N818 - a fact, not a fault
    """PayPal understood and did nothing; ``issues`` are its words for why."""

    def __init__(self, text: str, issues: tuple[str, ...], status: int) -> None:
        super().__init__(text)
        self.issues, self.status = issues, status


class Unclear(Exception):  # noqa: N818 - a fact, not a fault
    """PayPal broke down while it was asked, and may have acted."""


class Answer(NamedTuple):
    """What PayPal says; ``is_new`` unless it only repeats what it did for the same key before."""

    data: Row
    is_new: bool


class PayPalApi:
    """One merchant's account at PayPal."""

    def __init__(self, client_id: str, client_secret: str, base_url: str) -> None:
        self._url, self._client = base_url.rstrip("/"), (client_id, client_secret)

    def post(self, path: str, body: object, key: str = "") -> Answer:
        """Ask for something to be done; with the same key it is done once."""
        headers = {"Prefer": "return=representation"}
        if key:
            headers["PayPal-Request-Id"] = key
        return self.send("POST", path, json.dumps(body).encode(), headers)

    def get(self, path: str, **params: str) -> Row | None:
        """What there is; None where there is nothing."""
        try:
            return self.send("GET", path, params=params).data
        except Refusal as error:
            if error.status == _NOT_FOUND:
                return None
            raise

    def list(self, path: str, name: str, **params: str) -> Iterator[Row]:
        """All that there are, page by page."""
        page: Row | None = self.get(path, **params)
        for _ in range(_MOST_PAGES):
            if page is None:
                return
            yield from page.get(name) or ()
            following = link_of(page, "next")
            if not following:
                return
            page = self.get(self._relative(following))
        raise Unclear(f"PayPal lists more than {_MOST_PAGES} pages; ask for a shorter time")

    def send(
        self,
        method: str,
        path: str,
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str] | None = None,
    ) -> Answer:
        """Ask. What raises `BillingError` did nothing; anything else may have been heard."""
        key = (self._url, *self._client)
        for is_last in (False, True):
            token = _tokens.get(key) or _tokens.setdefault(key, self._fetch_token())
            response = self._request(
                method,
                path,
                content=body or None,
                params=params or None,
                headers={
                    "Authorization": f"Bearer {token}",
                    "Content-Type": "application/json",
                    **(headers or {}),
                },
            )
            if response.status_code != _UNAUTHORIZED or is_last:
                break
            # Tokens live for some hours, and end before if the merchant says so.
            _tokens.pop(key, None)
        return _read(response)

    def _fetch_token(self) -> str:
        response = self._request(
            "POST",
            "/v1/oauth2/token",
            auth=self._client,
            data={"grant_type": "client_credentials"},
            is_heard=False,
        )
        if response.status_code in (_BAD, _UNAUTHORIZED):
            raise BillingError(
                "PayPal does not know this client; set gateways.paypal.client_id and client_secret"
            )
        try:
            return str(response.json()["access_token"])
        except (ValueError, KeyError, TypeError):
            raise BillingError("PayPal gave no token; try again later") from None

    def _request(self, method: str, path: str, *, is_heard: bool = True, **options: Any) -> Any:
        """One request; ``is_heard`` says that it may have done something before it failed."""
        # It takes long to import, and most processes never need it.
        import httpx

        timeout = httpx.Timeout(SECONDS[0], connect=SECONDS[1])
        options = {name: value for name, value in options.items() if value is not None}
        try:
            return httpx.request(
                method, self._url + path, timeout=timeout, verify=_trust(), **options
            )
        except (httpx.ConnectError, httpx.ConnectTimeout):
            raise BillingError("PayPal cannot be reached; try again later") from None
        except httpx.HTTPError:
            if is_heard:
                raise
            raise BillingError("PayPal cannot be reached; try again later") from None

    def _relative(self, url: str) -> str:
        """The path of a link; the token goes nowhere but to our own address."""
        from urllib.parse import urlsplit

        parts = urlsplit(url)
        return f"{parts.path}?{parts.query}" if parts.query else parts.path


@cache
def _trust() -> Any:
    """Whom to believe that they are PayPal; to read that takes longer than to ask."""
    import httpx

    return httpx.create_ssl_context()


def link_of(row: Row, *relations: str) -> str:
    """Where a row leads to, by the first of some relations that it has."""
    links = {one.get("rel"): str(one.get("href", "")) for one in row.get("links") or ()}
    return next((links[one] for one in relations if links.get(one)), "")


def _read(response: Any) -> Answer:
    status = response.status_code
    if status >= _SERVER or status == _CONFLICT:
        raise Unclear(f"PayPal answered {status}")
    if status == _OFTEN:
        raise BillingError("PayPal is asked too often; try again in a minute")
    try:
        data = response.json() if response.content else {}
    except ValueError:
        raise Unclear("PayPal's answer cannot be read") from None
    if not isinstance(data, dict):
        raise Unclear("PayPal's answer cannot be read")
    if status == _UNAUTHORIZED:
        raise BillingError("PayPal refuses its own token; try again later")
    if status >= _BAD:
        details = [one for one in data.get("details") or () if isinstance(one, dict)]
        issues = [str(one["issue"]) for one in details if one.get("issue")]
        text = "; ".join(str(one["description"]) for one in details if one.get("description"))
        name = str(data.get("name") or status)
        raise Refusal(text or str(data.get("message") or name), (*issues, name), status)
    return Answer(data, status == _CREATED)
