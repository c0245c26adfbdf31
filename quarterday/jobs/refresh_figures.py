"""Keep the figures of days up to date for the console."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, ClassVar

from quarterday.ports.clock import read_now
from quarterday.services.figures.refresh_figures import refresh_figures
from quarterday.store.models import Seller


class RefreshFigures:
    """Figures of the days to which something was added; once a day those of all days."""

    name: ClassVar[str] = "refresh_figures"
    every: ClassVar[timedelta] = timedelta(minutes=5)
    is_recorded: ClassVar[bool] = False

    def run(self) -> dict[str, Any]:
        """Refresh every seller; how many figures were written."""
        now = read_now()
        written = sum(
            refresh_figures(seller=seller, now=now) for seller in Seller.objects.order_by("id")
        )
        return {"figures": written} if written else {}
