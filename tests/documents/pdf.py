"""What a PDF file says and how it is made, read by programs that did not write it."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any

import pikepdf
import pypdfium2
import zxingcpp

PDFA = "{http://www.aiim.org/pdfa/ns/id/}"
PDFUA = "{http://www.aiim.org/pdfua/ns/id/}"


def read_pages(content: bytes) -> list[str]:
    """The text of each page, with single spaces."""
    document = pypdfium2.PdfDocument(content)
    try:
        return [re.sub(r"\s+", " ", _read(page)) for page in document]
    finally:
        document.close()


def _read(page: Any) -> str:
    text = page.get_textpage()
    try:
        found = str(text.get_text_range())
    finally:
        text.close()
        page.close()
    return found.replace("\xa0", " ")


def read_text(content: bytes) -> str:
    return " ".join(read_pages(content))


def read_codes(content: bytes) -> list[str]:
    """The contents of the QR codes on the first page, as a camera sees them."""
    document = pypdfium2.PdfDocument(content)
    try:
        page = document[0]
        bitmap = page.render(scale=3, grayscale=True)
        found = zxingcpp.read_barcodes(bitmap.to_pil())
        bitmap.close()
        page.close()
        return [one.text for one in found]
    finally:
        document.close()


def check_archive(content: bytes) -> pikepdf.Pdf:
    """The file, which is PDF/A-3b, tagged, titled, in a language, with all its fonts inside."""
    pdf = pikepdf.open(io.BytesIO(content))
    with pdf.open_metadata() as said:
        assert (said[f"{PDFA}part"], said[f"{PDFA}conformance"]) == ("3", "B")
        assert said[f"{PDFUA}part"] == "1"
        assert said["dc:title"]
    root = pdf.Root
    assert root.MarkInfo.Marked and root.ViewerPreferences.DisplayDocTitle
    assert str(root.Lang)
    assert root.OutputIntents[0].S == "/GTS_PDFA1"
    assert root.StructTreeRoot
    assert "/AA" not in root and "/OpenAction" not in root
    fonts = [*list_fonts(pdf)]
    assert fonts
    for font in fonts:
        inner = font.DescendantFonts[0].FontDescriptor
        assert any(name in inner for name in ("/FontFile2", "/FontFile3")), font.BaseFont
        assert "/ToUnicode" in font
    return pdf


def list_fonts(pdf: pikepdf.Pdf) -> Iterator[Any]:
    seen = set()
    for page in pdf.pages:
        for font in page.Resources.get("/Font", {}).values():
            if font.objgen not in seen:
                seen.add(font.objgen)
                yield font


def list_tags(pdf: pikepdf.Pdf) -> set[str]:
    """The kinds of elements that a screen reader is told of."""
    found: set[str] = set()
    waiting = [pdf.Root.StructTreeRoot]
    while waiting:
        node = waiting.pop()
        if isinstance(node, pikepdf.Array):
            waiting.extend(node)
        elif isinstance(node, pikepdf.Dictionary):
            if "/S" in node:
                found.add(str(node.S))
            if "/K" in node:
                waiting.append(node.K)
    return found
