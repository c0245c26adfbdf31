"""What is written to logs and error reports: everything but the tokens of links.

Whoever reads a log could otherwise pay, read and sign in as a customer.
"""

from __future__ import annotations

import logging
import logging.config
import re
from collections.abc import Mapping
from typing import Any

# As long as tokens are; not imported, because commands that never see one should start fast.
_TOKENS = re.compile(
    r"((?:/|%2F)(?:l|profile(?:/|%2F)address)(?:/|%2F))[\w:.-]{12,}"
    r"|(?<![\w-])[\w-]{112}(?![\w-])",
    re.IGNORECASE,
)


def hide_tokens(text: str) -> str:
    """A text with the tokens of links left out."""
    return _TOKENS.sub(lambda found: f"{found[1] or ''}…", text)


def configure_logs(config: Mapping[str, Any]) -> None:
    """Set logging up as Django does, with records that hold no token, whoever writes them."""
    logging.config.dictConfig(dict(config))
    logging.setLogRecordFactory(_SafeRecord)


class _SafeRecord(logging.LogRecord):
    """A record whose message is looked through when it is put together."""

    def getMessage(self) -> str:  # noqa: N802 - named by the library
        return hide_tokens(super().getMessage())
