"""Keep a party's details as they are now, for documents that must never change (rule 9)."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from django.db import connection

from quarterday.store.fields import dump_data
from quarterday.store.models import Seller, Snapshot

_INSERT = (
    "INSERT INTO store_snapshot (digest, data) VALUES (%s, %s) "
    "ON CONFLICT (digest) DO NOTHING RETURNING id"
)


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


def snapshot_seller(seller: Seller) -> Snapshot:
    """The snapshot of what documents say about a seller."""
    return take_snapshot(
        {
            "name": seller.name,
            "address": seller.address,
            "country": seller.country,
            "region": seller.region,
            "tax_id": seller.tax_id,
        }
    )
