"""Make the links by which many invoices are paid, as documents show them."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import datetime

from quarterday.core.token import SECRET_BYTES, digest_secret
from quarterday.services.links.base_url import base_url
from quarterday.services.links.make_link import LIFETIME, MadeLink
from quarterday.services.links.tokens import seal_link
from quarterday.store.models import Invoice, Link, LinkPurpose


def make_pay_links(*, invoices: Sequence[Invoice], kind: str, now: datetime) -> list[MadeLink]:
    """The same as `make_link` for each, in their order, with one statement for all.

    ``kind`` names what they stand in.
    """
    until = (now + LIFETIME[LinkPurpose.PAY]).replace(microsecond=0)
    bases: dict[int, str] = {}
    secrets = [os.urandom(SECRET_BYTES) for _ in invoices]
    links = [
        Link(
            seller_id=invoice.seller_id,
            account_id=invoice.account_id,
            purpose=LinkPurpose.PAY,
            subject=invoice.public_id,
            parameters={},
            secret_digest=digest_secret(secret),
            created_at=now,
            created_by="system",
            expires_at=until,
            kind=kind,
        )
        for invoice, secret in zip(invoices, secrets, strict=True)
    ]
    made = []
    for invoice, link, secret in zip(invoices, links, secrets, strict=True):
        if invoice.seller_id not in bases:
            bases[invoice.seller_id] = base_url(invoice.seller)
        made.append(MadeLink(f"{bases[invoice.seller_id]}/l/{seal_link(link, secret)}", link))
    Link.objects.bulk_create(links)
    return made
