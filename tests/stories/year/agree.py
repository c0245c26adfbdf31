"""At the end of the story: what reports say of the same thing is the same, and mail went once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date
from email.message import EmailMessage

from quarterday.ports.report import ReportResult
from tests.reports.test_agreement import book, sums


def prove_reports(first: date, last: date) -> None:
    """Revenue, tax, receivables, credit and payments, against the trial balance and documents."""
    from quarterday.services.reports.run_report import run_report
    from quarterday.store.models import CreditGrant, Invoice

    def ask(name: str, **given: object) -> ReportResult:
        values = {key.strip("_"): str(value) for key, value in given.items()}
        return run_report(name, values, today=last)

    asked = {"from_": first, "until": last}
    revenue, trial, tax = (ask(name, **asked) for name in ("revenue", "trial_balance", "tax"))
    invoiced = sums(revenue, "invoiced")
    assert invoiced
    assert invoiced == book(trial, "income:", "moved", -1)
    assert sums(revenue, "tax") == sums(tax, "tax") == book(trial, "liabilities:tax:", "moved", -1)
    owed = Counter({"EUR": sum(Invoice.objects.values_list("open_minor", flat=True))})
    assert sums(ask("receivables", as_of=last), "owed") == owed
    open_credit = sum(CreditGrant.objects.values_list("open_minor", flat=True))
    assert sums(ask("credit_liability", **asked), "closing") == Counter({"EUR": open_credit})


def prove_mails(mails: Iterable[EmailMessage]) -> None:
    """Nobody was mailed twice for one thing, and nobody reminded twice on a day."""
    from quarterday.core.message import KINDS, Topic
    from quarterday.store.models import Delivery, Message

    names = Counter(str(mail["Message-ID"]) for mail in mails)
    assert names
    assert max(names.values()) == 1
    said = Counter(
        Message.objects.values_list("account_id", "kind", "subject", "occasion", "recipient")
    )
    assert max(said.values()) == 1
    reminders = [name for name, kind in KINDS.items() if kind.topic is Topic.REMINDERS]
    rows = Delivery.objects.filter(message__kind__in=reminders, sent_at__isnull=False)
    days = Counter(
        (account, at.date()) for account, at in rows.values_list("message__account_id", "sent_at")
    )
    assert days
    assert max(days.values()) == 1
    assert not Delivery.objects.exclude(status__in=("sent", "delivered", "queued")).exists()
