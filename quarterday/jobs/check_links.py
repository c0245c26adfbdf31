"""Try every kind of link once a day, before a customer finds out which one is broken."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any, ClassVar

from quarterday.ports.clock import read_now
from quarterday.services.links.check_links import check_links

_log = logging.getLogger(__name__)


class CheckLinks:
    """The daily check of links; what is broken is logged as an error and kept with the run."""

    name: ClassVar[str] = "check_links"
    every: ClassVar[timedelta] = timedelta(days=1)
    is_recorded: ClassVar[bool] = True

    def run(self) -> dict[str, Any]:
        """How many links were tried, and what is wrong with which."""
        found = check_links(now=read_now())
        broken = [
            f"{one.seller}: {one.purpose} {one.what}: {problem}"
            for one in found
            for problem in one.problems
        ]
        for text in broken:
            _log.error("broken link: %s", text)
        return {"tried": sum(not one.missing for one in found), "broken": broken}
