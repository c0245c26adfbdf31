"""Show a layout that is not saved yet on a sample, as pictures of its pages."""

from __future__ import annotations

from django.utils import translation

from quarterday.ports.document import find_renderer
from quarterday.services.documents.sample_page import make_sample_page
from quarterday.services.documents.words import choose_language
from quarterday.store.models import DocumentKind, Seller

_LINES = 6


def draw_sample(seller: Seller, kind: DocumentKind, source: str) -> list[bytes]:
    """The first pages as PNG. Raises `BillingError` with the line for a layout that does not work,
    or that takes more time or memory than a document may.
    """
    with translation.override(choose_language(seller.language)):
        page = make_sample_page(seller, kind, _LINES)
    return find_renderer().draw(page, template=source)
