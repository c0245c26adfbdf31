"""Walk every kind of link through the real routes and report what is broken."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import transaction
from django.utils import translation

from quarterday.services.links.base_url import base_url
from quarterday.services.links.check_samples import Sample, list_samples, try_to_make
from quarterday.services.links.check_walk import walk_link
from quarterday.store.models import Seller


class LinkFinding(NamedTuple):
    """What came of trying a link. ``problems`` is empty for one that works; ``missing`` says what
    the seller would need for it to be tried.
    """

    seller: str
    purpose: str
    what: str
    problems: tuple[str, ...]
    missing: str = ""


def check_links(*, now: datetime, sellers: Sequence[Seller] | None = None) -> list[LinkFinding]:
    """Try a link of every purpose for each seller, and where links in use lead.

    Each link is made, looked at as scanners do, forged, changed, let expire, revoked and used, all
    within transactions that are rolled back: nothing is mailed, paid or left behind. No request
    leaves the host, so pages on other hosts are not asked for.
    """
    found = []
    rows = Seller.objects.order_by("id") if sellers is None else sellers
    language = translation.get_language()
    try:
        for seller in rows:
            found += _check_seller(seller, now)
    finally:
        translation.activate(language or "en")
    return found


def _check_seller(seller: Seller, now: datetime) -> list[LinkFinding]:
    with transaction.atomic():
        # The first look only counts; each sample is made anew in a transaction of its own, so
        # that on SQLite others can write in between.
        count = len(list(list_samples(seller, now=now)))
        transaction.set_rollback(True)
    return [_check_sample(seller, place, now) for place in range(count)]


def _check_sample(seller: Seller, place: int, now: datetime) -> LinkFinding:
    with transaction.atomic():
        sample = list(list_samples(seller, now=now))[place]
        finding = _try_sample(sample, seller, now)
        transaction.set_rollback(True)
    return finding


def _try_sample(sample: Sample, seller: Seller, now: datetime) -> LinkFinding:
    what = sample.what or base_url(seller)
    if sample.missing:
        return LinkFinding(seller.code, sample.purpose, "", (), sample.missing)
    made = try_to_make(sample, seller, now)
    if isinstance(made, str):
        return LinkFinding(seller.code, sample.purpose, what, (made,))
    problems = tuple(dict.fromkeys(walk_link(sample, seller, made, now)))
    return LinkFinding(seller.code, sample.purpose, what, problems)
