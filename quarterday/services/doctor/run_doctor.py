"""Look at everything that keeps an installation going."""

from __future__ import annotations

from collections.abc import Iterator

from quarterday.services.doctor.check_database import check_database
from quarterday.services.doctor.check_mail import check_mail
from quarterday.services.doctor.check_outside import check_outside
from quarterday.services.doctor.check_safety import check_safety
from quarterday.services.doctor.check_sellers import check_sellers
from quarterday.services.doctor.check_web import check_web
from quarterday.services.doctor.check_work import check_work
from quarterday.services.doctor.finding import Finding, Level, Visit

_CHECKS = (check_safety, check_web, check_mail, check_sellers, check_outside, check_work)


def run_doctor(visit: Visit) -> Iterator[Finding]:
    """Everything that was found, the database first; without it, nothing else can be looked at."""
    found = list(check_database(visit))
    yield from found
    if any(one.area == "database" and one.level is Level.BAD for one in found):
        return
    for check in _CHECKS:
        yield from check(visit)
