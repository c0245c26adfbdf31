"""Save a seller's own words for a kind of message, or give them up."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from quarterday.core.errors import BillingError
from quarterday.core.message import find_kind
from quarterday.ports.composer import Wording, find_composer
from quarterday.services.errors import Conflict
from quarterday.services.events.record_event import record_event
from quarterday.store.models import MessageTemplate, Seller


def save_template(
    *,
    seller: Seller,
    kind: str,
    language: str,
    wording: Wording,
    now: datetime,
    actor: str = "system",
) -> MessageTemplate:
    """Keep words as the newest version; they are used from the next message on.

    Words that would fail are refused with the line: what cannot be parsed, fields that the kind
    does not have, and whatever the sandbox does not allow; then they are tried with an example.
    Saving what holds already changes nothing. Raises `BillingError`.
    """
    find_kind(kind)
    check_language(language)
    find_composer().check_wording(kind, wording)
    return _write(seller, kind, language, wording, now, actor)


def drop_template(
    *, seller: Seller, kind: str, language: str, now: datetime, actor: str = "system"
) -> None:
    """Use the house's words again; what was saved stays in its versions. Again changes nothing."""
    newest = find_newest(seller, kind, language)
    if newest is not None and newest.title:
        _write(seller, kind, language, Wording("", ""), now, actor)


def find_newest(seller: Seller, kind: str, language: str) -> MessageTemplate | None:
    """The newest version; one without a title gives the words up."""
    rows = MessageTemplate.objects.filter(
        seller=seller, kind=kind, language=language, channel="mail"
    )
    return rows.order_by("version").last()


def check_language(language: str) -> str:
    """A language as ``de`` or ``pt-BR``; raises `BillingError` for anything else."""
    main, _, region = language.partition("-")
    if not (main.isascii() and main.islower() and 2 <= len(main) <= 3 and len(language) <= 16):
        raise BillingError(f"language must be like de or pt-BR, not {language!r}")
    if region and not (region.isascii() and region.isalnum()):
        raise BillingError(f"language must be like de or pt-BR, not {language!r}")
    return language


def _write(
    seller: Seller, kind: str, language: str, wording: Wording, now: datetime, actor: str
) -> MessageTemplate:
    newest = find_newest(seller, kind, language)
    if newest and (newest.title, newest.text, newest.html) == tuple(wording):
        return newest
    try:
        with transaction.atomic():
            row = MessageTemplate.objects.create(
                seller=seller,
                kind=kind,
                language=language,
                version=newest.version + 1 if newest else 1,
                title=wording.title,
                text=wording.text,
                html=wording.html,
                saved_at=now,
                actor=actor,
            )
            record_event(
                kind="message_template.saved" if wording.title else "message_template.dropped",
                subject=row.public_id,
                seller_id=seller.id,
                actor=actor,
                now=now,
                data={"kind": kind, "language": language, "version": row.version},
            )
    except IntegrityError:
        raise Conflict(
            f"somebody else has just saved words for {kind} in {language}; look at them first"
        ) from None
    return row
