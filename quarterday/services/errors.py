"""What services refuse, besides the rules of the core."""

from __future__ import annotations

from quarterday.core.errors import BillingError


class Conflict(BillingError):  # noqa: N818 - named for what it says
    """Somebody else got there first, or the same name already stands for something else."""


class NotFound(BillingError):  # noqa: N818 - named for what it says
    """There is no such thing."""
