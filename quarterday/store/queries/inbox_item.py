"""What the inbox shows of anything in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Whose it probably is, by names that people know; ``reasons`` say why.

    ``percent`` is how sure that is, never 100: it stands in the inbox because nothing proves it.
    """

    account: str
    invoice: str
    percent: int
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class InboxItem:
    """One thing that people have to decide about.

    ``what`` is one line for people, ``problem`` why it stands here; ``amount_minor`` is None and
    ``currency`` empty where nobody has said them.
    """

    id: str
    source: str
    seller: str
    at: datetime
    what: str
    reference: str
    problem: str
    amount_minor: int | None = None
    currency: str = ""
    suggestion: Suggestion | None = None
    data: Mapping[str, Any] = field(default_factory=dict)
