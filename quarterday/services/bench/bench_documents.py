"""How many invoices become kept PDF files in a second of one core, beside a bare compile."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from time import process_time
from typing import Any

from quarterday.core.errors import BillingError
from quarterday.ports.document import DocumentRenderer, find_renderer
from quarterday.services.bench.make_accounts import make_accounts
from quarterday.services.documents.make_documents import make_documents
from quarterday.services.invoicing.run_billing import run_billing
from quarterday.store.models import Brand, DocumentFile, Invoice, Seller

_START = date(2026, 1, 1)
_WARM, _TURN = 20, 100
_BRAND = {
    "iban": "DE89370400440532013000",
    "bank": "Example Bank",
    "support_email": "help@example.com",
    "footer": ["Managing director: Erika Muster"],
}


def bench_documents(
    documents: int, *, now: datetime, progress: Callable[[str, int], None]
) -> dict[str, Any]:
    """Bill accounts, then make their PDF files in turns with bare compiles of one line.

    A document is read, laid out with two codes, rendered, hashed and kept; each has text of its
    own. Times are of the processor, so that what else runs here counts little. Raises
    `BillingError` on a database that holds anything.
    """
    if Seller.objects.exists():
        raise BillingError("the benchmark fills the database; give it an empty one")
    make_accounts(
        documents + _WARM,
        start_on=_START,
        # The code for banking apps is for euros only.
        currency="EUR",
        progress=lambda n: progress("accounts", n),
    )
    run_billing(first=_START, last=_START, now=now)
    for seller in Seller.objects.all():
        Brand.objects.create(seller=seller, accent="#0b6e4f", data=_BRAND)
    keys = list(Invoice.objects.order_by("id").values_list("public_id", flat=True))
    renderer = find_renderer()
    make_documents(invoices=keys[:_WARM], now=now)
    _time_bare(renderer, 0, _WARM)
    spent, bare = 0.0, 0.0
    for start in range(_WARM, _WARM + documents, _TURN):
        turn = keys[start : min(start + _TURN, _WARM + documents)]
        began = process_time()
        make_documents(invoices=turn, now=now)
        spent += process_time() - began
        bare += _time_bare(renderer, start, len(turn))
        progress("documents", len(turn))
    kept = DocumentFile.objects.order_by("-id")[:_TURN]
    return {
        "documents": documents,
        "documents_per_second": round(documents / spent, 1),
        "bare_per_second": round(documents / bare, 1),
        "ratio": round(bare / spent, 3),
        "milliseconds": round(1000 * spent / documents, 2),
        "kilobytes": round(sum(len(one.content) for one in kept) / len(kept) / 1024, 1),
    }


def _time_bare(renderer: DocumentRenderer, start: int, count: int) -> float:
    """Seconds for pages with one line of text, each with another number, and nothing else."""
    began = process_time()
    for number in range(start, start + count):
        renderer.render_bare(f"Invoice {number}")
    return process_time() - began
