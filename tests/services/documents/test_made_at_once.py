"""Several who ask for the same document at the same time, and one that is stopped on the way."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest

from quarterday.services.documents.get_document import get_document
from quarterday.services.documents.make_documents import make_documents
from quarterday.store.models import DocumentFile, DocumentKind, Event, Link
from tests.services.till import NOW, together

if TYPE_CHECKING:
    from tests.services.till import Shop


def test_all_get_the_same_file(open_shop: Shop) -> None:
    invoice = open_shop.invoice(1000)
    ask = partial(get_document, kind=DocumentKind.INVOICE, subject=invoice.public_id, now=NOW)
    batch = partial(make_documents, invoices=[invoice.public_id], now=NOW)
    found = together(ask, ask, ask, batch)
    kept = DocumentFile.objects.get()
    assert [getattr(one, "id", None) for one in found[:3]] == [kept.id] * 3
    assert found[3] in (0, 1)
    assert Event.objects.filter(kind="document.made").count() == 1
    # The links of files that were not kept are gone.
    assert Link.objects.filter(kind="document").count() == 1


def test_what_was_stopped_is_made_anew(open_shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    invoice = open_shop.invoice(1000)
    ask = partial(get_document, kind=DocumentKind.INVOICE, subject=invoice.public_id, now=NOW)

    def stop(**_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("quarterday.services.documents.get_document.record_event", stop)
        with pytest.raises(KeyboardInterrupt):
            ask()
    assert not DocumentFile.objects.exists() and not Link.objects.exists()
    assert ask().id == DocumentFile.objects.get().id
