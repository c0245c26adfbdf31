"""HTTP to addresses that staff have typed in: never into a private network by accident.

Where a name leads is looked up once, every address of it is checked, and the connection goes to the
one that was checked, whatever the name says a moment later. A redirect is not followed: whom it
leads to was never checked. ``QUARTERDAY_PRIVATE_HOSTS`` lists, separated by spaces, host names and
addresses that may lie in a private network, and be plain http there; only who runs the machine
can set it.
"""

from __future__ import annotations

import os
import socket
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from threading import Event, Timer
from urllib.parse import SplitResult, urlsplit

from quarterday.core.errors import BillingError

VARIABLE = "QUARTERDAY_PRIVATE_HOSTS"
_REMEDY = f"list it in {VARIABLE} if that is meant"
_MOST_BYTES = 64 * 1024
# An IPv4 address in one of IPv6, for networks that have the latter alone (RFC 6052).
_TRANSLATED = IPv6Network("64:ff9b::/96")


class CannotReach(BillingError):  # noqa: N818 - named for what it says
    """Nothing was sent, since the address cannot or may not be reached."""


class NoAnswer(Exception):  # noqa: N818 - named for what it says
    """Something was sent and perhaps heard, and no whole answer came."""


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """What was answered, no more than 64 KiB of it, and where it points to, if it does."""

    status: int
    body: bytes
    location: str = ""


def check_web_address(url: str, name: str) -> str:
    """An address that requests may go to. Raises `BillingError`, which names it.

    >>> check_web_address("https://example.com/hook", "url")
    'https://example.com/hook'
    """
    try:
        parts = urlsplit(url)
        is_whole = bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_whole = False
    if not is_whole or any(sign.isspace() for sign in url) or not url.isprintable():
        raise BillingError(f"{name} must be an address such as https://example.com/hook: {url!r}")
    if parts.username or parts.password or parts.fragment:
        raise BillingError(f"{name} must not hold a user, a password or a #: {url!r}")
    schemes = ("https", "http") if is_private_allowed(parts.hostname or "") else ("https",)
    if parts.scheme not in schemes:
        raise BillingError(
            f"{name} must begin with https://, as it is read on the way otherwise; in a network of "
            f"your own, list its host in {VARIABLE}"
        )
    return url


def is_private_allowed(host: str) -> bool:
    """Whether a host may lie in a private network."""
    return host.lower() in os.environ.get(VARIABLE, "").lower().split()


def call(
    url: str,
    *,
    method: str = "POST",
    body: bytes = b"",
    headers: Mapping[str, str] | None = None,
    timeout: float = 15,
) -> HttpAnswer:
    """Send a request and read the answer, all within ``timeout`` seconds after connecting, however
    slowly it comes.

    Raises `CannotReach` when nothing was sent, and `NoAnswer` when it may have been heard.
    """
    parts = urlsplit(check_web_address(url, "the address"))
    connection = _connect(parts, timeout)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        with _at_most(connection.sock, timeout):
            connection.request(method, path, body or None, dict(headers or {}))
            response = connection.getresponse()
            said = b""
            while len(said) < _MOST_BYTES and (part := response.read1(_MOST_BYTES - len(said))):
                said += part
    except (OSError, HTTPException) as error:
        raise NoAnswer(f"no answer: {type(error).__name__}: {error}") from None
    finally:
        connection.close()
    return HttpAnswer(response.status, said, response.headers.get("location", ""))


def find_place(host: str, port: int, *, is_private: bool, remedy: str = _REMEDY) -> str:
    """The checked network address of a host. Raises `CannotReach`."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise CannotReach(f"{host} cannot be found: {error}") from None
    places = [str(one[4][0]) for one in found]
    if not is_private and not all(is_public(one) for one in places):
        raise CannotReach(f"{host} lies in a private network; {remedy}")
    return places[0]


def is_public(place: str) -> bool:
    """Whether a network address is one of the internet, and holds no other one that is not.

    >>> [is_public(one) for one in ("1.1.1.1", "10.0.0.1", "64:ff9b::a00:1", "2002:7f00:1::")]
    [True, False, False, False]
    """
    found = ip_address(place)
    if isinstance(found, IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour
        if found in _TRANSLATED:
            inner = IPv4Address(int(found) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
    return found.is_global and not found.is_multicast


def _connect(parts: SplitResult, timeout: float) -> HTTPConnection:
    host, is_plain = parts.hostname or "", parts.scheme == "http"
    port = parts.port or (80 if is_plain else 443)
    place = find_place(host, port, is_private=is_private_allowed(host))
    return connect(host, place, port, is_plain=is_plain, timeout=timeout)


def connect(host: str, place: str, port: int, *, is_plain: bool, timeout: float) -> HTTPConnection:
    """A connection to a checked address, proven by its certificate to be the host unless plain.

    Raises `CannotReach`.
    """
    try:
        stream = socket.create_connection((place, port), timeout)
        if is_plain:
            connection = HTTPConnection(host, port, timeout=timeout)
            connection.sock = stream
            return connection
        secure = HTTPSConnection(host, port, timeout=timeout)
        sealed = ssl.create_default_context().wrap_socket(
            stream, server_hostname=host, do_handshake_on_connect=False
        )
        with _at_most(sealed, timeout):
            sealed.do_handshake()
        secure.sock = sealed
    except OSError as error:
        raise CannotReach(f"{host} cannot be reached: {error}") from None
    return secure


@contextmanager
def _at_most(stream: socket.socket, seconds: float) -> Iterator[None]:
    """Cut a connection off after so many seconds: each byte that comes would let it wait anew."""
    late = Event()

    def cut() -> None:
        late.set()
        with suppress(OSError):
            # Not by the method of an encrypted one, which would forget its state while it is read.
            socket.socket.shutdown(stream, socket.SHUT_RDWR)

    alarm = Timer(seconds, cut)
    alarm.daemon = True
    alarm.start()
    try:
        yield
    finally:
        alarm.cancel()
    # What was cut off may look like a whole answer.
    if late.is_set():
        raise TimeoutError(f"it took longer than {seconds:g} seconds")
