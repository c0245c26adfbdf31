"""Renderers: what turns the data of a document into a file that is kept and sent."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, ClassVar, Protocol, cast

from quarterday.core.errors import BillingError
from quarterday.ports.discover import discover


class TryAgain(BillingError):  # noqa: N818 - named for what it says
    """Nothing is wrong, but too much is being drawn at this moment."""


class DocumentRenderer(Protocol):
    """A maker of files. The same page and template always give the same bytes.

    ``page`` is plain data as `quarterday.services.documents.make_page` makes it; ``template`` is a
    seller's own layout, or empty for the built-in one; ``logo`` is an SVG, PNG or JPEG, or empty.
    """

    format: ClassVar[str]
    suffix: ClassVar[str]

    def render(self, page: Mapping[str, Any], *, template: str = "", logo: bytes = b"") -> bytes:
        """The file. Raises `BillingError`, with the line, for a template that does not work."""

    def render_bare(self, text: str) -> bytes:
        """A page with a line of text and nothing else, to measure against."""

    def check(self, page: Mapping[str, Any], *, template: str) -> None:
        """Refuse a template that does not work on a page, within bounds of time and memory.

        Raises `TryAgain` when others are being tried already.
        """

    def draw(self, page: Mapping[str, Any], *, template: str) -> list[bytes]:
        """The first pages as PNG, to look at; refuses what `check` refuses."""

    def make_pictures(self, page: Mapping[str, Any], template: str) -> list[bytes]:
        """All pages as PNG, made in this process; see `draw`."""

    def read_source(self, kind: str) -> str:
        """The built-in template of a kind, to start one's own from."""


@cache
def find_renderer(format: str = "pdf") -> DocumentRenderer:
    """The renderer of a format. Raises `LookupError` where there is none."""
    for value in discover("documents"):
        if isinstance(value, type) and {"format", "render", "check"} <= vars(value).keys():
            renderer = cast(DocumentRenderer, value())
            if renderer.format == format:
                return renderer
    raise LookupError(f"no renderer makes {format}")
