"""Text of files whose encoding is not said: UTF-8 where it fits, else what banks used before."""

from __future__ import annotations

from quarterday.core.errors import BillingError


def decode_text(content: bytes, encoding: str, name: str) -> str:
    """The text of a file, in the encoding that was asked for, or the one that it shows.

    Raises `BillingError` for an encoding that there is not, or that the file is not in.
    """
    if not encoding:
        if content.startswith((b"\xff\xfe", b"\xfe\xff")):
            encoding = "utf-16"
        else:
            try:
                return content.decode("utf-8-sig")
            except UnicodeDecodeError:
                return content.decode("cp1252", errors="replace")
    try:
        return content.decode("utf-8-sig" if encoding.lower() in ("utf-8", "utf8") else encoding)
    except LookupError:
        raise BillingError(
            f"there is no encoding {encoding!r}; use one such as utf-8, cp1252 or iso-8859-2"
        ) from None
    except UnicodeDecodeError as error:
        raise BillingError(
            f"{name} is not in the encoding {encoding}: byte {error.start} does not fit; "
            "name the one that the bank writes, such as cp1252"
        ) from None
