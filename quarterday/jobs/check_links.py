"""Try every kind of link each day, so that no customer is the first to find one broken."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from quarterday.services.links.check_links import check_links

_log = logging.getLogger(__name__)


class CheckLinks:
    """Walks the links of all sellers; what is broken is logged, and kept with the run."""

    name: ClassVar[str] = "check_links"
    every: ClassVar[timedelta] = timedelta(days=1)
    is_recorded: ClassVar[bool] = True

    def run(self) -> dict[str, Any]:
        """How many were tried, and what is broken."""
        findings = check_links(now=datetime.now(UTC))
        broken = [
            f"{one.seller}: {one.purpose} {one.what}: {'; '.join(one.problems)}"
            for one in findings
            if one.problems
        ]
        for text in broken:
            _log.warning("a link is broken: %s", text)
        return {"links": len(findings), "broken": broken}
