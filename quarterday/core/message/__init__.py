"""What is said to customers: every kind of message, who gets it, and what it can tell."""

from quarterday.core.message.field import (
    InFull,
    Span,
    empty_fields,
    example_fields,
    list_fields,
)
from quarterday.core.message.kind import (
    KINDS,
    MessageKind,
    Topic,
    find_kind,
    find_roles,
    list_topics,
    wants_kind,
)

__all__ = [
    "KINDS",
    "InFull",
    "MessageKind",
    "Span",
    "Topic",
    "empty_fields",
    "example_fields",
    "find_kind",
    "find_roles",
    "list_fields",
    "list_topics",
    "wants_kind",
]
