"""Why an event cannot be acted on."""

from __future__ import annotations


class NotYet(Exception):  # noqa: N818 - named for what it says
    """What the event needs is not there yet; it is tried again, but not for ever.

    In the end it stands in the inbox if it ``matters``, and is done with otherwise.
    """

    def __init__(self, reason: str, *, matters: bool = True) -> None:
        super().__init__(reason)
        self.matters = matters


class Unmatched(Exception):  # noqa: N818 - named for what it says
    """No waiting helps: people have to decide."""


class AskLater(Exception):  # noqa: N818 - named for what it says
    """The gateway has to be asked, and cannot be reached now."""
