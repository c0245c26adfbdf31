"""Where customers reach the pages: the address, its certificate, the domains of sellers."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings

from quarterday.services.doctor.finding import Finding, Visit, bad, ok, warn
from quarterday.store.models import Seller
from quarterday.store.queries.paying import read_brand

_AREA = "web"
_SOON = timedelta(days=14)
_TIMEOUT = 5


def check_web(visit: Visit) -> Iterator[Finding]:
    """Whether the address is one that customers can use."""
    parts = urlsplit(settings.PUBLIC_URL)
    host = parts.hostname or ""
    if parts.scheme != "https":
        yield warn(
            _AREA,
            f"links lead to {settings.PUBLIC_URL}",
            "let QUARTERDAY_URL begin with https:// and put a web server before it",
        )
    elif visit.is_offline:
        yield ok(_AREA, f"links lead to {settings.PUBLIC_URL}; not tried")
    else:
        yield _check_certificate(host, parts.port or 443, visit.now)
    for seller in Seller.objects.select_related("brand").order_by("id"):
        domain = str(read_brand(seller).get("domain", ""))
        if domain and domain not in settings.ALLOWED_HOSTS:
            yield bad(
                _AREA,
                f"the domain {domain} of {seller} is not answered",
                "add it to QUARTERDAY_HOSTS",
            )
    if settings.IS_BEHIND_PROXY and not settings.METRICS_TOKEN:
        yield warn(
            "monitoring",
            "/metrics answers nobody, because a proxy stands before it",
            "set QUARTERDAY_METRICS_TOKEN if you want figures",
        )


def _check_certificate(host: str, port: int, now: datetime) -> Finding:
    """Whether a browser would trust the address, and for how long."""
    context = ssl.create_default_context()
    try:
        with (
            socket.create_connection((host, port), _TIMEOUT) as plain,
            context.wrap_socket(plain, server_hostname=host) as stream,
        ):
            found = stream.getpeercert() or {}
    except ssl.SSLCertVerificationError as error:
        return bad(
            _AREA, f"the certificate of {host} is refused: {error.verify_message}", "renew it"
        )
    except OSError as error:
        return bad(
            _AREA, f"{host} cannot be reached: {error}", "start the web server, mend the DNS"
        )
    ends = datetime.fromtimestamp(ssl.cert_time_to_seconds(str(found["notAfter"])), UTC)
    text = f"{host} answers; its certificate is good until {ends:%Y-%m-%d}"
    return ok(_AREA, text) if ends - now > _SOON else warn(_AREA, text, "renew it")
