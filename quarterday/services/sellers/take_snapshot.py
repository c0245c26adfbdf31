"""Keep a party's details as they are now, for documents that must never change (rule 9)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any

from django.db import connection

from quarterday.store.fields import dump_data
from quarterday.store.models import Seller, Snapshot
from quarterday.store.queries.raw import execute_many

_ADD = "INSERT INTO store_snapshot (digest, data) VALUES (%s, %s) ON CONFLICT (digest) DO NOTHING"
_INSERT = f"{_ADD} RETURNING id"


def take_snapshot(data: Mapping[str, Any]) -> Snapshot:
    """The snapshot of some details; the same details always give the same row.

    One statement for new details, two for known ones, and never a race between two writers.
    """
    text = dump_data(dict(data))
    digest = sha256(text.encode()).hexdigest()
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, [digest, text])
        row = cursor.fetchone()
    if row is None:
        return Snapshot.objects.get(digest=digest)
    return Snapshot(id=row[0], digest=digest, data=dict(data))


def take_snapshots(many: Sequence[Mapping[str, Any]]) -> list[int]:
    """The keys of the snapshots of some details, in their order, with two statements for all."""
    texts = [dump_data(dict(data)) for data in many]
    digests = [sha256(text.encode()).hexdigest() for text in texts]
    # In one order, so that two writers of the same details wait for each other but never both.
    execute_many(_ADD, sorted(set(zip(digests, texts, strict=True))))
    rows = Snapshot.objects.filter(digest__in=set(digests))
    keys = dict(rows.values_list("digest", "id"))
    return [keys[digest] for digest in digests]


def snapshot_seller(seller: Seller) -> Snapshot:
    """The snapshot of what documents say about a seller."""
    return take_snapshot(seller_details(seller))


def seller_details(seller: Seller) -> dict[str, Any]:
    """What its snapshot holds."""
    return {
        "name": seller.name,
        "address": seller.address,
        "country": seller.country,
        "region": seller.region,
        "tax_id": seller.tax_id,
    }
