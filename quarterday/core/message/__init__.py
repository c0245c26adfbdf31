"""What is said to customers: every kind of message, who gets it, and what it can tell."""

from quarterday.core.message.kind import (
    KINDS,
    MessageKind,
    Topic,
    find_kind,
    list_topics,
    wants_kind,
)

__all__ = ["KINDS", "MessageKind", "Topic", "find_kind", "list_topics", "wants_kind"]
