"""``quarterday explain``: how every line, tax and total came to be."""

from __future__ import annotations

from quarterday.cli.options import InvoiceArgument, Json, SellerCode
from quarterday.cli.output import print_json, say


def explain_command(
    invoice: InvoiceArgument, seller: SellerCode = None, as_json: Json = False
) -> None:
    """Explain how every figure of an invoice came to be.

    It may be a credit note, too.
    """
    from quarterday.store.models import Invoice
    from quarterday.store.queries.explain import (
        explain_credit_note,
        explain_invoice,
        render_explanation,
    )
    from quarterday.store.queries.references import find_document

    row = find_document(invoice, seller)
    explain = explain_invoice if isinstance(row, Invoice) else explain_credit_note
    data = explain(row.public_id)
    if as_json:
        print_json(data)
        return
    for line in render_explanation(data):
        say(line)
