"""QR codes as small SVG files."""

from __future__ import annotations

import segno

# Any of the eight masks can be read; trying them all for the prettiest takes most of the time.
_MASK = 2
_QUIET = 4


def draw_code(text: str) -> str:
    """A QR code with error correction M, as the EPC wants it, and its quiet zone."""
    code = segno.make_qr(text, error="m", boost_error=False, mask=_MASK)
    size = len(code.matrix) + 2 * _QUIET
    path = "".join(
        f"M{start + _QUIET} {y + _QUIET}h{end - start}v1h{start - end}z"
        for y, row in enumerate(code.matrix)
        for start, end in _runs(row)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}">'
        f'<path d="M0 0h{size}v{size}h-{size}z" fill="#fff"/><path d="{path}"/></svg>'
    )


def _runs(row: bytearray) -> list[tuple[int, int]]:
    """Where the dark stretches of a row begin and end."""
    found, start = [], None
    for place, dark in enumerate((*row, 0)):
        if dark and start is None:
            start = place
        elif not dark and start is not None:
            found.append((start, place))
            start = None
    return found
