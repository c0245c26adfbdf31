"""Match what banks have stated, and write a day's report as it is kept."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any, ClassVar

from quarterday.core.money import currency, format_minor
from quarterday.core.period import local_date
from quarterday.ports.clock import read_now
from quarterday.services.bank.match_lines import match_lines
from quarterday.store.models import BankAccount
from quarterday.store.queries.reconcile import Part, Report

_log = logging.getLogger(__name__)
_MOST = 50


class MatchBankLines:
    """Matches the open lines of all bank accounts anew: an invoice may have come since."""

    name: ClassVar[str] = "match_bank_lines"
    every: ClassVar[timedelta] = timedelta(hours=1)
    is_recorded: ClassVar[bool] = True

    def run(self) -> dict[str, Any]:
        """How many lines were booked and proposed, by bank account."""
        found = {}
        for bank in BankAccount.objects.select_related("seller").order_by("id"):
            now = read_now()
            today = local_date(now, bank.seller.time_zone)
            try:
                result = match_lines(bank_account=bank, today=today, now=now)
            except Exception:
                # One account that breaks must not keep the others.
                _log.exception("lines of bank account %s cannot be matched", bank)
                found[f"{bank.seller.code} {bank.code}"] = {"broken": 1}
                continue
            if result.lines:
                found[f"{bank.seller.code} {bank.code}"] = {
                    "booked": result.booked,
                    "proposed": result.proposed,
                    "open": result.open,
                }
        return found


def report_to_data(report: Report) -> dict[str, Any]:
    """A report as it is kept: each balance, and by name what is wrong."""
    return {
        "day": report.day.isoformat(),
        "agrees": report.agrees,
        "parts": [_summarize_part(part) for part in report.parts],
    }


def _summarize_part(part: Part) -> dict[str, Any]:
    unit = currency(part.currency)
    wrong = [one for one in part.items if one.is_wrong]
    return {
        "name": part.name,
        "currency": part.currency,
        "book": format_minor(part.book_minor, unit),
        "said": None if part.said_minor is None else format_minor(part.said_minor, unit),
        "agrees": part.agrees,
        "items": len(part.items),
        "wrong": [[one.name, format_minor(one.amount_minor, unit), one.text] for one in wrong][
            :_MOST
        ],
    }
