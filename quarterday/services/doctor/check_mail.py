"""Mail: a way out that answers, a sender, and keys to sign with."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from django.conf import settings

from quarterday.core.errors import BillingError
from quarterday.ports.mailer import find_transport
from quarterday.services.doctor.finding import Finding, Visit, bad, ok, warn
from quarterday.services.messages.list_ways import list_ways
from quarterday.store.models import Seller
from quarterday.store.queries.paying import read_brand

_AREA = "mail"


def check_mail(visit: Visit) -> Iterator[Finding]:
    """Whether mail can leave, and whom it comes from."""
    way = list_ways().get("mail")
    if way is None:
        yield bad(
            _AREA,
            "no mail is sent: nobody gets invoices, links or reminders",
            "set QUARTERDAY_MAIL_URL; see docs/delivery.md",
        )
    elif way["transport"] == "file":
        yield warn(_AREA, "mail goes into files, not to people", "set QUARTERDAY_MAIL_URL")
    elif visit.is_offline:
        yield ok(_AREA, f"mail leaves by {way['transport']}; not tried")
    else:
        try:
            with find_transport(str(way["transport"])).open_session(way):
                yield ok(_AREA, f"mail leaves by {way['transport']}, which answers")
        except BillingError as error:
            yield bad(_AREA, str(error), "mend QUARTERDAY_MAIL_URL")
    yield from _check_senders()
    yield from _check_keys()
    if not settings.ALERT_MAIL and settings.ALERT_WAY is None:
        yield warn(
            "alerts",
            "nobody is told when work is late or fails",
            "set QUARTERDAY_ALERT_MAIL or QUARTERDAY_ALERT_URL; try: quarterday alerts test",
        )
    else:
        yield ok("alerts", "alerts have somewhere to go")


def _check_senders() -> Iterator[Finding]:
    if settings.MAIL_FROM:
        return
    for seller in Seller.objects.select_related("brand").order_by("id"):
        if not read_brand(seller).get("mail_from"):
            yield warn(
                _AREA,
                f"{seller} has no sender of its own",
                "set QUARTERDAY_MAIL_FROM, or mail_from in the seller's brand",
            )


def _check_keys() -> Iterator[Finding]:
    for domain, (_, name) in settings.DKIM_KEYS.items():
        path = Path(name)
        try:
            key: object = load_pem_private_key(path.read_bytes(), None)
        except OSError as error:
            yield bad(
                "dkim", f"the key of {domain} cannot be read: {error}", "mend QUARTERDAY_DKIM"
            )
            continue
        except (ValueError, TypeError, UnsupportedAlgorithm):
            key = None
        if not isinstance(key, RSAPrivateKey):
            yield bad(
                "dkim",
                f"{path.name} holds no RSA key without a password, so no mail of {domain} leaves",
                "mend QUARTERDAY_DKIM; make one: openssl genrsa -out FILE 2048",
            )
        elif path.stat().st_mode & 0o077:
            yield warn("dkim", f"others can read the key of {domain}", f"chmod 600 {path}")
        else:
            yield ok("dkim", f"mail from {domain} is signed")
    if not settings.DKIM_KEYS:
        yield warn(
            "dkim",
            "mail is not signed here",
            "set QUARTERDAY_DKIM, unless your mail server or provider signs",
        )
